"""Masking with the lists and the model of names: names in talk go, plain words stay, nothing reaches a network or a log."""

import re
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture.privacy.masking import has_extra, mask_session, mask_spans, masked
from tests.privacy.test_masking import DENIED, MANY, TEXTS

pytestmark = pytest.mark.skipif(not has_extra(), reason="the extra `masking` is not installed")

TALK = """
    I saw [Tanisha] and [Babatunde] again.
    [Grace] said it was my fault.
    my sister [ayesha] thinks i should leave
    it was my friend [bilal] from work
    SO [FOLASADE] AND [KWAME] ARE NOT TALKING
    they asked [ji eun] to come and not me
    i told [oluwaseun] everything
    It is [Barclays] that he works for.
"""
LEFT = """
    i was knackered and sat on the settee with a yoghurt
    I hope you will say grace, may I?
    on monday i saw my gp about the cbt
    Mum said Christmas was better than Easter.
    I'm bickering with Dad, and God knows why.
    WE WENT HOME AND I COOKED THE RICE
"""


def bracketed(text):
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("line", bracketed(TALK))
def test_names_in_talk(line):
    text = line.replace("[", "").replace("]", "")
    hidden = [text[start:end] for start, end, _ in mask_spans(text)]
    wanted = re.findall(r"\[(.*?)\]", line)
    assert " ".join(hidden) == " ".join(wanted)


@pytest.mark.parametrize("line", bracketed(LEFT))
def test_plain_words_in_talk(line):
    assert masked(line) == line


def test_a_name_found_once_is_gone_from_the_whole_session():
    texts = ["Then Tanisha rang me.", "tanisha again?", "it's always TANISHA with you"]
    assert [[mark for _, _, mark in masks] for masks in mask_session(texts)] == [["[NAME_1]"]] * 3


@settings(max_examples=MANY // 10)
@given(TEXTS, st.lists(st.sampled_from(DENIED), max_size=3, unique=True))
def test_with_the_model_too_masking_twice_changes_nothing(text, names):
    once = masked(text, names)
    assert masked(once, names) == once


def test_nothing_is_looked_up_on_the_network(monkeypatch):
    asked = []

    def refuse(*args, **kwargs):
        asked.append(args)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("example.org", 80))
    assert len(asked) == 1
    masked("Tanisha, jo@example.org, www.example.org, 0044 20 7946 0958, 4929 1234 5678 9012, GB29 NWBK 6016 1331 9268 19")
    assert len(asked) == 1


def test_nothing_of_a_text_is_logged(caplog):
    caplog.set_level("DEBUG")
    masked("Marigold Quillfeather lives in Hartlepool, call 0044 20 7946 0958")
    assert not re.search("Marigold|Quillfeather|Hartlepool|7946", caplog.text)


@pytest.mark.parametrize("text", ["I TOLD İSMAIL AND OLUWASEUN", "İ went and told TANISHA", "i told İsmail and oluwaseun"])
def test_a_letter_whose_lower_case_is_two_moves_nothing(text):
    hidden = [text[start:end] for start, end, _ in mask_spans(text)]
    assert hidden
    assert all(one == one.strip(" ") and one in text.split() for one in hidden)
