"""Text as patterns written in small letters read it. Pure."""

# Beside the apostrophes, the letters that a pattern without regard to case takes for i and s and that have other small forms: a
# Turkish keyboard writes them.
_PLAIN = str.maketrans({"’": "'", "‘": "'", "İ": "i", "ı": "i", "ſ": "s"})


def plain_letters(text: str) -> str:
    """`text` in small letters, with straight apostrophes: to look for small ones in it takes two thirds of the time that it takes
    to look for both."""
    return text.translate(_PLAIN).lower()
