import numpy as np
import pytest

from rupture.build import build_detector
from rupture.detection.features import shape_features
from rupture.detection.streaming import SessionStream
from rupture.errors import ModelError
from rupture.formats import read

SESSION = """
Therapist: How did the week go with the diary we agreed on, was there a good moment for it?
Client: It was fine. Marigold came round, so.
Therapist: Fine how? I wonder what it was like to sit down with it.
Client: I don't know. Whatever you think is best, you're the expert.
Therapist: You said that last week as well, and I just nodded.
Client: Well. It's a bit like school, if I'm honest, and Marigold said the same.
"""


@pytest.fixture(scope="module")
def detector():
    return build_detector()


@pytest.fixture(scope="module")
def session():
    return read(SESSION).transcript


def streamed(detector, session):
    stream = SessionStream(detector)
    return [stream.add(turn) for turn in session.turns]


def table(scores):
    return np.array([[turn.get(name, 0.0) for name in ("rupture", "withdrawal", "strategy")] for turn in scores])


def test_each_turn_brings_the_scores_of_all_turns_so_far(detector, session):
    steps = streamed(detector, session)
    assert [len(step) for step in steps] == [1, 2, 3, 4, 5, 6]
    assert [sorted(step[-1])[:1] == ["C1"] for step in steps] == [False, True] * 3


def test_at_the_end_they_are_those_of_the_whole_session_with_each_turn_encoded_alone(detector):
    session = read(SESSION.replace("Marigold", "she")).transcript
    *_, last = streamed(detector, session)
    encodings = np.vstack([detector.encode([turn.text]) for turn in session.turns])
    assert last == detector.score_encoded(session, encodings, shape_features(session))


def test_a_name_is_hidden_from_the_turn_that_gives_it_away(detector, session):
    hidden = []
    for name in ("Marigold", "Aurelia"):
        stream = SessionStream(detector)
        for turn in read(SESSION.replace("Marigold", name)).transcript.turns:
            stream.add(turn)
        hidden.append(stream._encodings)
    assert np.array_equal(hidden[0][5], hidden[1][5])
    assert not np.array_equal(hidden[0][1], hidden[1][1])  # a name at the start of a sentence is not known for one yet


def test_what_comes_later_revises_what_came_before(detector, session):
    steps = streamed(detector, session)
    assert np.abs(table(steps[3]) - table(steps[5])[:4]).max() > 0.01


def test_the_same_turns_give_the_same_scores(detector, session):
    assert streamed(detector, session) == streamed(detector, session)


def test_a_turn_that_could_not_be_read_can_be_given_again(detector, session, monkeypatch):
    stream = SessionStream(detector)
    for turn in session.turns[:3]:
        stream.add(turn)
    with monkeypatch.context() as broken:
        broken.setattr(detector, "encode", lambda texts: (_ for _ in ()).throw(ModelError("for want of memory")))
        with pytest.raises(ModelError):
            stream.add(session.turns[3])
    assert stream.add(session.turns[3]) == streamed(detector, session)[3]
