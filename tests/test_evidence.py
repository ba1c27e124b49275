"""Evidence: the words that carry the score. The detector here scores a turn by the phrases it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture.analysis import Finding
from rupture.evidence import clauses, locate
from rupture.transcript import Role, Transcript, Turn


class PhraseDetector:
    """W5 is the sum of the weights of the phrases a turn holds; remembers the transcripts it was given."""

    def __init__(self, **weights):
        self._weights = {phrase.replace("_", " "): weight for phrase, weight in weights.items()}
        self.seen = []

    def score(self, transcripts):
        self.seen += transcripts
        return [[{"W5": self._of(turn.text), "C2": 0.1} for turn in transcript.turns] for transcript in transcripts]

    def _of(self, text):
        return sum(weight for phrase, weight in self._weights.items() if phrase in text)


def session(*texts):
    return Transcript("t", tuple(Turn(i, "Client" if i % 2 else "Therapist", Role.CLIENT, t) for i, t in enumerate(texts)))


def words_shown(detector, transcript, turn, codes=("W5",)):
    (found,) = locate(detector, transcript, [Finding(turn, codes)])
    return [transcript.turns[turn].text[start:end] for start, end in found.evidence]


LONG = "It was okay, I suppose, the bus was late. But whatever you think is best, I will do it. Anyway, my sister rang."


def test_the_clause_that_carries_the_score_is_found():
    assert words_shown(PhraseDetector(whatever_you_think=0.7), session(LONG), 0) == ["But whatever you think is best,"]


def test_neighbouring_clauses_are_shown_as_one_stretch():
    detector = PhraseDetector(whatever_you_think=0.4, I_will_do_it=0.3)
    assert words_shown(detector, session(LONG), 0) == ["But whatever you think is best, I will do it."]


def test_clauses_apart_are_shown_apart_in_reading_order():
    detector = PhraseDetector(my_sister=0.5, I_suppose=0.3)
    assert words_shown(detector, session(LONG), 0) == ["I suppose,", "my sister rang."]


def test_a_clause_that_carries_less_than_half_of_the_best_is_left_out():
    assert words_shown(PhraseDetector(whatever_you_think=0.5, my_sister=0.24), session(LONG), 0) == [
        "But whatever you think is best,"
    ]


def test_at_most_three_clauses_are_shown():
    text = "One is a, two is a, three is a, four is a, five is a, six is a, that is it."
    detector = PhraseDetector(One=0.1, two=0.1, three=0.1, four=0.1, five=0.1, six=0.1)
    assert words_shown(detector, session(text), 0) == ["One is a, two is a, three is a,"]


def test_a_short_turn_is_its_own_evidence_and_costs_no_scoring():
    detector = PhraseDetector()
    assert words_shown(detector, session("  Sure, whatever. "), 0) == ["Sure, whatever."]
    assert detector.seen == []


def test_a_turn_without_words_has_no_evidence():
    assert words_shown(PhraseDetector(), session(" … "), 0) == []


def test_every_code_of_a_finding_counts():
    # C2 is the same with and without any clause, so W5 alone decides.
    shown = words_shown(PhraseDetector(my_sister=0.5), session(LONG), 0, codes=("W5", "C2"))
    assert shown == ["my sister rang."]


def test_a_strategy_is_shown_by_the_therapists_whole_turn():
    transcript = Transcript("t", (Turn(0, "Therapist", Role.THERAPIST, f" {LONG} "),))
    assert words_shown(PhraseDetector(my_sister=0.5), transcript, 0, codes=("R5",)) == [LONG]


def test_findings_with_hints_alone_are_left_as_they_are():
    detector = PhraseDetector(whatever_you_think=0.7)
    hint = Finding(0, (), ("W5",))
    assert locate(detector, session(LONG), [hint]) == (hint,)
    assert detector.seen == []


def test_several_findings_each_get_their_own_words():
    transcript = session(LONG, "Mm.", LONG.replace("whatever you think is best", "you know it is not for me"))
    found = locate(PhraseDetector(whatever_you_think=0.5, not_for_me=0.5), transcript, [Finding(0, ("W5",)), Finding(2, ("W5",))])
    assert [transcript.turns[f.turn].text[slice(*f.evidence[0])] for f in found] == [
        "But whatever you think is best,",
        "But you know it is not for me,",
    ]


def test_each_clause_is_scored_by_itself_as_a_turn_of_its_speaker():
    detector = PhraseDetector(whatever_you_think=0.7)
    locate(detector, session("before", LONG, "after"), [Finding(1, ("W5",))])
    assert [[(t.index, t.speaker, t.text) for t in seen.turns] for seen in detector.seen] == [
        [(0, "Client", LONG[start:end])] for start, end in clauses(LONG)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sure, whatever.", ["Sure, whatever."]),  # up to eight words stay whole
        ("Well, I did try it. Twice! Then my mum came in.", ["Well,", "I did try it.", "Twice!", "Then my mum came in."]),
        ("I mean-- no, I do not see what this is for.", ["I mean--", "no,", "I do not see what this is for."]),
        ('He said "why bother?" and I said that I had no idea.', ['He said "why bother?"', "and I said that I had no idea."]),
        ("My well-being and e-mail are both things I worry about.", ["My well-being and e-mail are both things I worry about."]),
        ("… so … I do not know what you want from me", ["so …", "I do not know what you want from me"]),
        ("?!", []),
        ("", []),
    ],
)
def test_clauses(text, expected):
    assert [text[start:end] for start, end in clauses(text)] == expected


talk = st.text(st.sampled_from("abc'XYZ é12 .,;!?…—-\n\"()[] 　") | st.characters(exclude_categories=["Cs"]), max_size=200)


@given(talk)
def test_clauses_are_ordered_apart_inside_the_text_and_hold_something(text):
    end_before = 0
    for start, end in clauses(text):
        assert end_before <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert any(c.isalnum() or c == "_" for c in text[start:end])
        end_before = end


@given(talk)
def test_no_word_is_left_out_of_every_clause(text):
    inside = "".join(text[start:end] for start, end in clauses(text))
    assert [c for c in inside if c.isalnum()] == [c for c in text if c.isalnum()]


@given(talk, st.dictionaries(st.sampled_from("abcXYZ"), st.floats(0, 1), max_size=4))
def test_evidence_spans_are_ordered_apart_and_never_more_than_three(text, weights):
    (found,) = locate(PhraseDetector(**weights), session(text), [Finding(0, ("W5",))])
    assert len(found.evidence) <= 3
    assert bool(found.evidence) == bool(clauses(text))
    end_before = -1
    for start, end in found.evidence:
        assert end_before < start < end <= len(text)
        end_before = end
