"""Names swapped and speech as recognised: the real cases, the rewriting, and both measures by hand."""

import re
from dataclasses import replace

import pytest
import yaml

from rupture.coding.values import Rating
from rupture.errors import CorpusError
from rupture.evaluation.robustness import STEADY, as_recognised, loss, name_shifts, named, report
from rupture.evaluation.samples import FAMILIES
from rupture.evaluation.values import Prediction

from .helpers import ROOT, coded, many, noisy

NAMES = ROOT / "evals/cases/names.yaml"
ORIGIN = "origins: {Here: {woman: [Ann, Bee], man: [Carl, Dole], other: Eve}}"


@pytest.fixture(scope="module")
def cases():
    return named(NAMES)


def texts(transcript):
    return [turn.text for turn in transcript.turns]


def without(names, transcript):
    """The texts with each of an origin's names replaced by the slot it fills."""
    slots = dict(zip([*names["woman"], *names["man"], names["other"]], ("w", "wf", "m", "mf", "o"), strict=True))
    pattern = rf"\b({'|'.join(map(re.escape, slots))})\b"
    return [re.sub(pattern, lambda match: f"<{slots[match[0]]}>", text) for text in texts(transcript)]


def said(text):
    (turn,) = as_recognised(coded("a", f"C: {text}")).transcript.turns
    return turn.text


def answer(*scores):
    return Prediction("a", scores, ((),) * len(scores))


def scored(prediction, change):
    turns = tuple({name: change(value) for name, value in turn.items()} for turn in prediction.scores)
    return replace(prediction, scores=turns)


def test_every_session_has_a_version_for_each_of_24_origins(cases):
    origins = set(yaml.safe_load(NAMES.read_text(encoding="utf-8"))["origins"])
    assert len(cases) == 12
    assert len(origins) == 24
    assert all(set(versions) == origins for versions in cases.values())
    assert len({version.id for versions in cases.values() for version in versions.values()}) == 12 * 24


def test_every_line_is_a_turn_of_the_same_speaker_in_all_versions(cases):
    for session in yaml.safe_load(NAMES.read_text(encoding="utf-8"))["sessions"]:
        letters = [line[0] for line in session["text"].splitlines()]
        for version in cases[session["id"]].values():
            assert [turn.role[0].upper() for turn in version.turns] == letters
            assert len(version.speakers) == 2
        assert len({version.speakers for version in cases[session["id"]].values()}) == 1


def test_versions_differ_in_their_names_and_in_nothing_else(cases):
    origins = yaml.safe_load(NAMES.read_text(encoding="utf-8"))["origins"]
    for versions in cases.values():
        masked = [without(origins[origin], version) for origin, version in versions.items()]
        assert all(text == masked[0] for text in masked)
        assert {"<w>", "<wf>", "<m>", "<mf>", "<o>"} & set(re.findall("<.+?>", " ".join(masked[0])))
        assert len({tuple(texts(version)) for version in versions.values()}) == 24


def test_every_slot_is_filled(cases):
    assert not [text for versions in cases.values() for version in versions.values() for text in texts(version) if "$" in text]
    assert texts(cases["n-01"]["Irish"])[0].startswith("Mrs O'Sullivan? Come in")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "origins: [",
        ORIGIN,
        f"{ORIGIN}\nsessions: [{{id: a, text: 'T: hello $nobody'}}]",
        f"{ORIGIN}\nsessions: [{{id: a, text: 'T: that was 5 $'}}]",
        "origins: {Here: {woman: [Ann], man: [Carl, Dole], other: Eve}}\nsessions: []",
        "origins: {Here: {woman: [Ann, Bee], man: [Carl, Dole]}}\nsessions: []",
    ],
)
def test_a_broken_file_is_named(content, tmp_path):
    path = tmp_path / "names.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"names\.yaml: expected origins"):
        named(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CorpusError, match=r"none\.yaml"):
        named(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well, I KNOW. Don't I?", "well i know don't i"),
        ("It’s – um… fine!", "it’s um fine"),
        ("No. [long pause] Yes [laughs]", "no yes"),
        ("'Cause the girls' \"one\" is 'fine'", "cause the girls one is fine"),
        ("a five-a-side, at 10:30", "a five a side at 10 30"),
        ("[crying]", ""),
    ],
)
def test_recognised_speech_has_words_and_apostrophes_only(text, expected):
    assert said(text) == expected


def test_recognition_changes_words_and_id_and_nothing_else():
    session = coded("a", "T: How? {R4}\nC: [sighs] Fine. {W2}\nO: Knock!", (1, "W1"), rating=Rating(3, 1, 4, 2))
    found = as_recognised(session)
    assert found.transcript.id == "a/recognised"
    assert texts(found.transcript) == ["how", "fine", "knock"]
    assert [(turn.index, turn.speaker, turn.role) for turn in found.transcript.turns] == [
        (turn.index, turn.speaker, turn.role) for turn in session.transcript.turns
    ]
    assert (found.votes, found.rating, found.source) == (session.votes, session.rating, session.source)


def test_name_shifts_by_hand():
    # rupture moves by .3, .015 and 0, W2 by .1: two of four over STEADY
    first = answer({"rupture": 0.2, "W2": 0.5}, {"rupture": 0.400}, {})
    second = answer({"rupture": 0.5, "W2": 0.4}, {"rupture": 0.415}, {})
    still = answer({"rupture": 0.7})
    found = name_shifts({"a": [first, second], "b": [still, still]})
    assert 0.015 < STEADY < 0.1
    assert (found["scores"], found["sessions"], found["origins"], found["moved"]) == (4, 2, 2, 0.5)
    assert found["largest"] == pytest.approx(0.3)
    assert found["by_name"] == pytest.approx({"rupture": 0.3, "W2": 0.1})


def test_the_distance_is_between_the_furthest_two_of_all_versions():
    found = name_shifts({"a": [answer({"rupture": score}) for score in (0.5, 0.1, 0.8)]})
    assert found["largest"] == pytest.approx(0.7)


def test_versions_of_different_length_are_not_compared():
    with pytest.raises(ValueError, match="shorter"):
        name_shifts({"a": [answer({"rupture": 0.1}, {"rupture": 0.1}), answer({"rupture": 0.1})]})


def test_nothing_is_lost_when_the_answers_are_the_same():
    sessions = many()
    answers = [noisy(session) for session in sessions]
    found = loss(sessions, answers, answers)
    assert tuple(found) == FAMILIES
    for numbers in found.values():
        assert numbers["auroc"] == numbers["otherwise"]
        assert numbers["loss"] == {"value": 0, "low": 0, "high": 0}


def test_a_detector_that_falls_silent_loses_all_it_had_above_chance():
    sessions = many()
    answers = [noisy(session) for session in sessions]
    found = loss(sessions, answers, [scored(prediction, lambda _: 0.0) for prediction in answers])
    for numbers in found.values():
        assert numbers["auroc"]["value"] > 0.6
        assert numbers["otherwise"]["value"] == 0.5
        assert numbers["loss"]["value"] == pytest.approx(numbers["auroc"]["value"] - 0.5)


def test_the_interval_of_the_loss_is_paired():
    """Turned round, an AUROC of a becomes 1 − a in every draw: the loss is 2a − 1, and so are its limits."""
    sessions = many()
    answers = [noisy(session) for session in sessions]
    for numbers in loss(sessions, answers, [scored(p, lambda score: 1 - score) for p in answers]).values():
        for key, value in numbers["auroc"].items():
            assert numbers["loss"][key] == pytest.approx(2 * value - 1, abs=1e-5)


def test_the_report_holds_the_numbers():
    heads = {f"W{n}": n / 100 for n in range(1, 9)} | {"rupture": 0.3217}
    names = {"scores": 12345, "sessions": 12, "origins": 24, "largest": 0.3217, "moved": 0.0567, "by_name": heads}
    values = {"auroc": (0.84, 0.8, 0.88), "otherwise": (0.79, 0.74, 0.83), "loss": (0.0512, 0.02, 0.08)}
    speech = {key: dict(zip(("value", "low", "high"), numbers, strict=True)) for key, numbers in values.items()}
    later = speech | {"loss": {"value": 0.0312, "low": 0.01, "high": 0.05}}
    scores = {"names": names, "recognised": {"rupture": speech}, "under_way": {"rupture": later}, "sessions": 37}
    text = report(scores, "r-2024")
    for words in ("Model r-2024.", "12 invented", "24 origins", "12,345 scores", "**0.322**", "**5.7%**", "The 37 test sessions"):
        assert words in text
    written, under_way = text.split("## As the session goes on")
    assert "| rupture | .84 [.80, .88] | .79 [.74, .83] | .05 [.02, .08] |" in written
    assert "| rupture | .84 [.80, .88] | .79 [.74, .83] | .03 [.01, .05] |" in under_way
    assert text.index("| rupture | 0.322 |") < text.index("| W8 | 0.080 |") < text.index("| W2 | 0.020 |")
    assert "| W1 |" not in text  # only the eight that move most
