"""Hostile words come out as words: each mark that HTML, a template, Markdown or a file could obey, and nothing else."""

import pytest

from rupture.escape import inert, safe, visible

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_safe_writes_each_mark_as_an_entity():
    assert safe("<a href=\"x\" title='y'>${b} `c` & d</a>\0") == (
        "&lt;a href=&quot;x&quot; title=&#x27;y&#x27;&gt;&#36;&#123;b&#125; &#96;c&#96; &amp; d&lt;/a&gt;\ufffd"
    )
    assert safe(3.5) == "3.5"
    assert safe(None) == "None"


@pytest.mark.parametrize("written", [safe, inert, visible])
def test_no_text_can_be_made_to_read_backwards(written):
    assert written(f"a{BIDI}b") == f"a{'□' * len(BIDI)}b"
    # Hebrew and Arabic run from right to left by themselves, and stay.
    assert written("שלום سلام") == "שלום سلام"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("\\a `b` *c* _d_ <e> ~f~ |g|", "&#92;a &#96;b&#96; &#42;c&#42; &#95;d&#95; &#60;e&#62; &#126;f&#126; &#124;g&#124;"),
        ("${h} i@j", "&#36;&#123;h&#125; i&#64;j"),
        ("salt & pepper, &amp; &#38;", "salt & pepper, &#38;amp; &#38;#38;"),
        ("http://a HTTPS://b ftp://c WWW.d.e", "http&#58;//a HTTPS&#58;//b ftp&#58;//c WWW&#46;d.e"),
        ("At 3: 15. Note: this", "At 3: 15. Note: this"),
        ("so [1] and [12], not [123] or [a]", "so [1] and [12], not &#91;123] or &#91;a]"),
        ("[1](x) [2]: y [3] (z)", "&#91;1](x) &#91;2]: y [3] (z)"),
    ],
)
def test_inert_takes_the_meaning_from_marks_alone(text, after):
    assert inert(text) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("+ a\n= b\n#c\n- d", "&#43; a\n&#61; b\n&#35;c\n&#45; d"),
        ("1. a\n12) b\n1 c\n3.5 d", "1&#46; a\n12&#41; b\n1 c\n3&#46;5 d"),
        ("\t code\n\n   more", "code\n\nmore"),
        ("a - b # c 1. d", "a - b # c 1. d"),
        ("1234567890. a", "1234567890. a"),
    ],
)
def test_inert_takes_the_meaning_from_the_start_of_each_line(text, after):
    assert inert(text) == after


def test_what_a_file_cannot_hold_is_seen_and_the_rest_stays():
    assert visible("a\0b\x07c\x1bd\x7fe\x9ff\ud800g\ufffeh\uffffi") == "a�b�c�d�e�f�g�h�i"
    assert visible("a\tb\nc\rd é 😊 <b>") == "a\tb\nc\rd é 😊 <b>"
