"""Which lines of a transcript are words to be masked, and which stand as they are; without the optional packages."""

import re

import pytest

from rupture.formats.reading import read
from rupture.masking.draft import draft_of
from rupture.masking.wording import share

TELLING = re.compile(r"ayesha|leeds|london|anna|smith|07700|900123|1990|2024|\b34\b", re.IGNORECASE)
NAMES = ("Ayesha", "Leeds", "London", "Anna Smith")
CUE = "00:00:01.000 --> 00:00:02.500"
SRT_CUE = "00:00:01,000 --> 00:00:02,500"


def made(text, name="a.txt", names=NAMES):
    return draft_of(text.encode(), name, names, plain=True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "T: So?\nC: We moved Leeds --> London with my sister Ayesha, ring 07700 900123.\n"),
        ("a.txt", "T: So?\nC: Her number is\n07700900123\nT: Yes.\n"),
        ("a.txt", "T: So?\nC: Well,\n@Anna said call 07700 900123\n"),
        ("a.txt", "NOTE Anna Smith\n\nT: So?\nC: Well.\n"),
        ("a.txt", "[12/03/2024, 10:15:02] Anna Smith: I went.\n[12/03/2024, 10:15:09] Therapist: And?\n" * 2),
        ("a.vtt", f"WEBVTT - Anna Smith 12 March 2024\n\n{CUE}\n<v Anna Smith>I went.</v>\n"),
        ("a.vtt", f"WEBVTT\n\nNOTE\nAnna Smith\n\n{CUE} Anna Smith\n<v Anna Smith>Leeds --> London</v>\n"),
        ("a.srt", f"1\n{SRT_CUE}\nAnna Smith: My number is\n07700900123\n\n2\n{SRT_CUE}\nTherapist: Yes.\n"),
        ("", "0:0:3.0 --> 0:0:5.900\nAnna Smith\n07700900123\n\n0:0:6.0 --> 0:0:7.0\nTherapist\nLeeds --> London\n"),
        (
            "a.cha",
            "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tPAR Anna\n\tSmith Participant, INV Lee Investigator\n"
            "@ID:\teng|x|PAR|34;02.|female|||Participant|||\n@Birth of PAR:\t12-MAR-1990\n@Location:\tLeeds, at\n\tAnna's\n"
            "*PAR:\tI went.\n*INV:\tAnd?\n@End\n",
        ),
    ],
)
def test_no_line_is_let_through_for_how_it_looks(name, text):
    after = made(text, name).text
    assert not TELLING.search(after), after


def test_what_tells_who_is_hidden_in_headers_that_nobody_typed():
    chat = "@Begin\n@Participants:\tPAR Anna Participant\n@Location:\tLeeds\n@Date:\t12-MAR-2024\n*PAR:\tI went.\n@End\n"
    draft = made(chat, "a.cha", ())
    assert draft.text.splitlines()[1:4] == ["@Participants:\tClient client", "@Comment:\t[HEADER]", "@Comment:\t[HEADER]"]
    assert draft.counts["HEADER"] == 2
    assert read(draft.text, name="a.cha").transcript.role_of("Client") == "client"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.vtt", f"WEBVTT\n\n1\n{CUE} align:start position:0%\n<v Therapist>So?</v>\n\n2\n{CUE}\nClient: Fine.\n"),
        ("a.srt", f"1\n{SRT_CUE}\nTherapist: So?\n\n2\n{SRT_CUE}\nClient: Fine.\n"),
        ("a.txt", "1. [00:01:05] T: So?\n2. [00:01:09] C: Fine.\n(0:12.5) T: Yes?\n"),
    ],
)
def test_times_and_counters_stay(name, text):
    assert made(text, name).text == text


def test_the_summary_counts_labels_and_claims_no_absence():
    assert made("Anna Smith: I went.\nTherapist: And?\n").summary.startswith("Masked: 1 label turned into roles.\n")
    assert "nothing was found" not in made("T: Well?\nC: Fine.\n").summary


@pytest.mark.parametrize(("figure", "said"), [(0.997, "99%"), (0.29, "29%"), (1.0, "100%"), (0.0, "0%"), (0.9999, "99%")])
def test_a_share_is_rounded_down(figure, said):
    assert share(figure) == said
