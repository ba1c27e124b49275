"""What the first bytes tell, where the limits lie, and what is said of what was changed."""

import codecs

import pytest

from rupture.errors import UnreadableTranscript
from rupture.formats import cleaning
from rupture.formats.cleaning import check_bytes, clean, decode, plain

WORDS = "T: So you’re late — it’s fine?"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_says_the_encoding_and_is_no_part_of_the_text(mark, encoding):
    assert decode(mark + WORDS.encode(encoding)) == (WORDS, ())


def test_a_damaged_end_after_a_byte_order_mark_is_a_broken_character():
    assert decode(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\0") == ("ab\ufffd", ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_are_known_without_a_mark_and_damage_to_them_is_shown(encoding):
    data = "T: a word or two\nC: fine".encode(encoding)
    assert decode(data) == ("T: a word or two\nC: fine", ())
    assert decode(data + b"\0") == ("T: a word or two\nC: fine\ufffd", ())


@pytest.mark.parametrize("before", ["", "\ufeff", " \t\r\n"])
@pytest.mark.parametrize(
    ("start", "kind"),
    [("%PDF-1.7", "PDF"), ("%pdf-1.4", "PDF"), ("PK\x03\x04", "Word, Excel or zip"), ('<?XML version="1"', "XML")],
)
def test_what_was_pasted_and_is_no_text_is_named(before, start, kind):
    # `clean` gets what `decode` gave, a byte order mark alone being taken off there.
    for read in (clean, lambda text: clean(decode(text.encode())[0]), lambda text: decode(text.lstrip("\ufeff").encode())):
        with pytest.raises(UnreadableTranscript, match=f"^found {kind} data, expected plain text"):
            read(f"{before}{start} and so on")
    assert clean(f"T: a {start.strip(chr(3) + chr(4))} b")[0]


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (b"\xd0\xcf\x11\xe0", "an old Office file, or one with a password. Save it as DOCX or XLSX without one."),
        (b"\x89PNG", "a picture. Have its text recognised (OCR) first."),
        (b"\xff\xd8\xff", "a picture. Have its text recognised (OCR) first."),
        (b"ID3", "a recording. Have it transcribed first."),
        (b"OggS", "a recording. Have it transcribed first."),
        (b"RIFF", "a recording. Have it transcribed first."),
        (b"\x1f\x8b", "a packed file. Unpack it first."),
    ],
)
def test_a_file_of_another_kind_is_named_with_what_to_do(start, found):
    with pytest.raises(UnreadableTranscript) as error:
        decode(start + b" and more")
    assert str(error.value) == f"found {found}"


def test_the_largest_file_and_text_are_read_and_one_more_is_not(monkeypatch):
    check_bytes(bytes(cleaning.MAX_BYTES))
    with pytest.raises(UnreadableTranscript, match=r"^the file has 8,000,001 bytes; at most 8,000,000 are read\. Split it into"):
        check_bytes(bytes(cleaning.MAX_BYTES + 1))
    monkeypatch.setattr(cleaning, "MAX_TEXT", 1_000)
    assert len(clean("a" * 1_000)[0]) == 1_000
    with pytest.raises(UnreadableTranscript, match=r"^the text has 1,001 characters; at most 1,000 are read\. Split it into"):
        clean("a" * 1_001)


def test_one_control_character_in_ten_is_dirt_and_more_is_no_text():
    assert clean("123456789\x01")[0] == "123456789"
    for text in ("12345678\x01\x02", "12345678\0\0"):
        with pytest.raises(UnreadableTranscript, match=r"^found binary data, expected plain text"):
            clean(text)
    # What is invisible but no control character does not count.
    assert clean("abcd\u200b\u200b\u202e\U000e0041")[0] == "abcd"


def test_only_characters_broken_here_are_counted():
    data = "It was caf\ufffd, then more words é é é é".encode() + b"\xff and \xff"
    text, notes = decode(data)
    assert text == "It was caf\ufffd, then more words é é é é\ufffd and \ufffd"
    assert notes == ("2 broken characters replaced by \ufffd.",)


def test_another_encoding_is_told():
    assert decode("the café’s".encode("cp1252")) == (
        "the café’s",
        ("The file is not UTF-8; it was read as cp1252. Check accents and quotation marks.",),
    )


def test_plain_takes_out_what_cannot_be_seen_and_counts_each_kind():
    text, notes = plain("a\x1b[1;31mb\0c\x01\x02d\u200be\u202ef\U000e0041g\ud800h\r\ni\u2028j\x0bk")
    assert text == "abcdefg\ufffdh\ni\nj\nk"
    assert notes == [
        "1 terminal colour code removed.",
        "1 NUL character removed.",
        "2 control characters removed.",
        "1 invisible character removed.",
        "1 text direction character removed.",
        "1 hidden tag character removed.",
        "1 broken character replaced by \ufffd.",
    ]
    assert plain("a\tb\nc") == ("a\tb\nc", [])


def test_a_letter_with_its_accent_is_one_character():
    assert clean("cafe\u0301") == ("café", ())
    assert plain("cafe\u0301")[0] == "café"


@pytest.mark.parametrize(
    ("data", "encoding", "notes"),
    [
        (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), "utf-16", 0),
        (WORDS.encode() * 40_000, "utf-8", 0),
        (b"a" * 1_000_000 + WORDS.encode(), "utf-8", 0),
        ((WORDS + "\n").encode("cp1252") * 50, "cp1252", 1),
        (b"a " * 1_000_000 + (WORDS + "\n").encode("cp1252") * 50, "cp1252", 1),
    ],
    ids=["marked", "long", "late", "guessed", "guessed late"],
)
def test_the_encoding_of_a_file_of_any_size_is_told_or_guessed(data, encoding, notes, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(data)
    found, said = cleaning.encoding_of(file)
    assert codecs.lookup(found).name.startswith(encoding)
    assert len(said) == notes
    assert data.decode(found).count("it’s") > 0
    assert all(found in note for note in said)


def test_a_file_that_is_damaged_here_and_there_says_so(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(WORDS.encode() * 2_000 + b"\xff" + WORDS.encode() * 2_000)
    assert cleaning.encoding_of(file) == ("utf-8", ("Broken characters were replaced by \ufffd.",))
