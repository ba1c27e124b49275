"""Function words: with and without contractions, and not the words of other languages or names."""

from rupture.formats.english import is_function_word, words


def test_contractions_count_and_names_do_not() -> None:
    found = words("Don’t you think it's what WE WOULDN'T have? Don, Will")
    assert [word for word in found if not is_function_word(word)] == ["don", "will"]
    assert not any(map(is_function_word, words("qu'est-ce que c'est, nicht wahr, no me digas")))
