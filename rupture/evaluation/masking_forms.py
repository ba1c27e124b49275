"""Numbers, addresses and dates made from shapes, and read out as people speak them. Nothing made here is anybody's.

Telephone numbers are of ranges kept for fiction where a country has one, domains of those kept for examples (RFC 2606) or made
up.
"""

import random
import re
from collections.abc import Callable, Sequence

_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", *(f"{stem}teen" for stem in ("thir", "four", "fif", "six", "seven", "eigh", "nine"))]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_FIRST = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS = [*_FIRST.split(), *(f"{teen}th" for teen in _TEENS[3:]), "twentieth"]
_YEAR = "January February March April May June July August September October November December"
_MONTHS = _YEAR.split()
_WEEK = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_DAYS = _WEEK.split()
_PLAIN = "river garden letters bread music kitchen running birds paper winter coffee boats stitches lantern pebble"
_WORDS = _PLAIN.split()
_STREETS = ["Hawthorn", "Old Mill", "Station", "Church", "Maple", "Victoria", "Elm Tree", "Harbour", "Queensway", "Cedar"]
_DOMAINS = ["example.org", "gmail.com", "outlook.com", "mail.example.com", "yahoo.co.uk"]
_SIGNS = {"@": "at", ".": "dot", "_": "underscore", "-": "dash", "/": "slash", "+": "plus", "#": "hash", ":": "colon"}


def number_words(number: int) -> str:
    """0 to 99 in words."""
    if number < len(_UNITS):
        return _UNITS[number]
    if number < 20:
        return _TEENS[number - 10]
    tens, unit = divmod(number, 10)
    return _TENS[tens - 2] + (f" {_UNITS[unit]}" if unit else "")


def filled(shape: str, rng: random.Random, names: Sequence[str]) -> str:
    """`shape` with its places filled; what the places are is said in `forms.yaml`."""
    words = {slot: draw(rng, names) for slot, draw in _SLOTS.items()}
    return re.sub(r"\{(\w+)\}|[#~^@]", lambda match: words[match[1]](shape) if match[1] else _sign(match[0], shape, rng), shape)


def read_aloud(written: str) -> str:
    """Digits one by one, signs by their names, letters of a code apart: `AB12` is a b one two. Words and spaces stay."""
    spoken = []
    for piece in re.findall(r"[a-z]{2,}|[A-Za-z]|\d|[@._/+#:-]|\s+", written.replace("https://", "").replace("http://", "")):
        if piece.isdigit():
            spoken.append("oh" if piece == "0" else _UNITS[int(piece)])
        elif not _is_separator(piece, written):
            spoken.append(_SIGNS.get(piece, piece.lower()))
    return " ".join(" ".join(spoken).split())


def _is_separator(piece: str, written: str) -> bool:
    """Whether nobody says `piece`: a hyphen or a dot between the digits of a number, but for an IP address."""
    if re.search("[a-z@]", written):
        return False
    return piece in "-+" or (piece == "." and written.count(".") < 3)


def _sign(sign: str, shape: str, rng: random.Random) -> str:
    if sign == "@" and ("{" in shape):
        return "@"
    return {"#": rng.choice("0123456789"), "~": rng.choice("23456789"), "^": rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ")}.get(
        sign, rng.choice("abcdefghkmnprstuvwxyz")
    )


_Draw = Callable[[random.Random, Sequence[str]], Callable[[str], str]]


def _one(values: Sequence[str]) -> _Draw:
    return lambda rng, _: lambda _: rng.choice(values)


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _ordinal_words(number: int) -> str:
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"twenty {_ORDINALS[number - 21]}"


_SLOTS: dict[str, _Draw] = {
    "day": lambda rng, _: lambda _: str(rng.randint(1, 28)),
    "ordinal": lambda rng, _: lambda _: _ordinal(rng.randint(1, 28)),
    "ordinal_words": lambda rng, _: lambda _: _ordinal_words(rng.randint(1, 28)),
    "month": _one(_MONTHS),
    "mon": _one([month[:3] for month in _MONTHS]),
    "month_number": lambda rng, _: lambda _: f"{rng.randint(1, 12):02d}",
    "year": lambda rng, _: lambda _: str(rng.randint(1950, 2025)),
    "year_words": lambda rng, _: lambda _: f"nineteen {number_words(rng.randint(50, 99))}",
    "weekday": _one(_DAYS),
    "age": lambda rng, _: lambda _: str(rng.randint(11, 96)),
    "age_words": lambda rng, _: lambda _: number_words(rng.randint(11, 96)),
    "word": _one(_WORDS),
    "name": lambda rng, names: lambda _: rng.choice([name for name in names if name.isalpha()]).lower(),
    "street": _one(_STREETS),
    "house": lambda rng, _: lambda _: str(rng.randint(2, 190)),
    "house_words": lambda rng, _: lambda _: number_words(rng.randint(2, 99)),
    "domain": _one(_DOMAINS),
}
