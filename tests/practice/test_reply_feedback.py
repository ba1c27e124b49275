"""Feedback on a reply: the detector's guess with its measure, what the guidance proposes, and an end where harm is spoken of."""

from dataclasses import replace

import pytest

from rupture.analyse import Decisions
from rupture.analysis import ModelCard
from rupture.assistant.assistant import Assistant
from rupture.assistant.intents import Intents
from rupture.fakes import ListRetriever, ScriptedDetector
from rupture.guidance import documents
from rupture.policy import Policy
from rupture.practice.explanations import ReplyTurn
from rupture.practice.reading import reference_analysis, reply_turns
from rupture.practice.reply_feedback import reply_feedback
from rupture.resources import CORPUS
from rupture.utterances import Utterances

REPLY = "I have been pushing this diary on you."
MEASURED = {
    "R5": {"n": 4334, "positives": 9, "auroc": 0.878, "ap": 0.051},
    "strategy": {"n": 4243, "positives": 173, "auroc": 0.882, "ap": 0.316},
}
SURE = {"strategy": 0.9, "R5": 0.7, "R4": 0.1}


@pytest.fixture(scope="module")
def guidance():
    return documents.load(CORPUS)


@pytest.fixture
def assistant(guidance):
    """The real corpus, all of it found in file order; a detector that knows REPLY by heart."""

    def build(scores=SURE):
        decisions = Decisions(
            Policy({"strategy": 0.5, "R5": 0.5, "R4": 0.5}), model=ModelCard("m", "d", ("strategy", "R4", "R5"))
        )
        detector = ScriptedDetector({REPLY: scores})
        return Assistant(detector, decisions, guidance, ListRetriever(list(guidance.passages.values())), Intents(Utterances()))

    return build


@pytest.fixture
def practice(rated, explained):
    return rated(explained=explained)


def test_a_strategy_over_its_threshold_is_a_guess_with_its_measure(practice, assistant):
    found = reply_feedback(practice, 3, REPLY, assistant(), MEASURED)
    told = " ".join(found.told)
    assert (found.reads, found.codes, found.stopped) == (True, ("R5",), False)
    assert "A guess: the detector takes your words for R5 (owns a part in it)." in told
    assert "in 88 of 100 pairs" in told
    assert "average precision was .05, where 9 of 4,334 turns had it" in told
    assert "it knows only R4 (invites thoughts about the work) and R5 (owns a part in it)" in told


def test_an_answer_that_no_code_fits_is_not_given_the_likeliest(practice, assistant):
    found = reply_feedback(practice, 3, REPLY, assistant({"strategy": 0.9, "R5": 0.3, "R4": 0.1}), MEASURED)
    assert (found.reads, found.codes) == (True, ())
    assert "which one it cannot tell" in found.told[0]
    assert "a turn with any strategy scored above" in found.told[1]


@pytest.mark.parametrize("scores", [{"strategy": 0.4, "R5": 0.9}, {}])
def test_below_the_threshold_nothing_is_read_and_that_says_little(practice, assistant, scores):
    found = reply_feedback(practice, 3, REPLY, assistant(scores), MEASURED)
    assert (found.reads, found.codes) == (False, ())
    assert "That says little" in found.told[0]


def test_the_detector_reads_the_session_up_to_the_reply_and_not_what_came_then(practice, assistant):
    class Remembering(ScriptedDetector):
        def score(self, transcripts):
            self.read = transcripts
            return super().score(transcripts)

    remembering = Remembering({REPLY: SURE})
    reply_feedback(practice, 3, REPLY, replace(assistant(), detector=remembering), MEASURED)
    ((cut,),) = (remembering.read,)
    assert [turn.text for turn in cut.turns] == [*(turn.text for turn in practice.transcript.turns[:4]), REPLY]
    assert cut.turns[4].speaker == "Therapist"


def test_proposals_are_the_guidances_verbatim_each_with_its_passage(practice, assistant, guidance):
    found = reply_feedback(practice, 3, REPLY, assistant(), MEASURED)
    assert 1 <= len(found.proposals) <= 3
    assert len({proposal.strategy for proposal in found.proposals}) == len(found.proposals)
    for proposal in found.proposals:
        assert proposal.advice in guidance.passages[proposal.passages[0]].text
        if proposal.words:
            assert proposal.words in guidance.passages[proposal.passages[-1]].text
            assert proposal.words in proposal.told
    assert found.also == tuple(code for code in found.codes if code in {p.strategy for p in found.proposals})


def test_the_example_and_what_is_never_said(practice, assistant):
    found = reply_feedback(practice, 3, REPLY, assistant(), MEASURED)
    assert found.example == "Then let's drop it. What would do instead?"
    told = " ".join(found.told)
    assert "“Then let's drop it. What would do instead?” It takes the objection up." in told
    assert found.told[-1].startswith("Nothing here says how good your words are.")
    for word in ("good reply", "score of", "grade", "well done", "better reply"):
        assert word not in told.lower()


def test_without_a_reply_there_is_the_rest(practice, assistant):
    found = reply_feedback(practice, 3, "  ", assistant(), MEASURED)
    assert (found.reads, found.codes) == (False, ())
    assert found.proposals
    assert found.told[0].startswith("One way to say it")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("There's nothing to worry about, you are perfectly safe.", "Asking is one thing, reassuring another"),
        ("That may be your attachment talking.", "by what the client is like"),
    ],
)
def test_what_to_watch_is_said_by_rule(practice, assistant, reply, told):
    assert told in " ".join(reply_feedback(practice, 3, reply, assistant(), MEASURED).told)
    assert told not in " ".join(reply_feedback(practice, 3, REPLY, assistant(), MEASURED).told)


def test_a_complaint_of_bias_is_not_read_otherwise(rated, explained, assistant):
    lines = "T: So?\nC: Hi.\nT: Well?\nC: It's because I'm Black, isn't it. {C1}\nT: Hm."
    session = rated(lines, explained=replace(explained, turns=()))
    assert "taken as they were said" in " ".join(reply_feedback(session, 3, REPLY, assistant(), MEASURED).told)


def test_language_about_harm_in_the_reply_ends_it_with_the_notice(practice, assistant):
    found = reply_feedback(practice, 3, "Are you thinking of killing yourself?", assistant(), MEASURED)
    assert (found.stopped, found.codes, found.proposals, found.example) == (True, (), (), "")
    assert "language about harm at your words" in found.told[0]
    assert "emergency services" in found.told[0]
    assert "There is no coaching on turn 3" in found.told[-1]


def test_language_about_harm_in_the_moment_ends_it_and_no_reply_is_asked_for_there(rated, explained, assistant):
    lines = "T: So?\nC: Hi.\nT: Well?\nC: You don't help. I want to kill myself. {C5}\nT: Hm.\nC: Bye."
    replies = (ReplyTurn(1, (), "Hello.", "Why not."), ReplyTurn(3, ("R5",), "Stay.", "It stays."))
    session = rated(lines, explained=replace(explained, turns=(), replies=replies))
    found = reply_feedback(session, 3, "I hear you.", assistant(), MEASURED)
    assert (found.stopped, found.proposals, found.example) == (True, (), "")
    assert "language about harm at turn 3" in found.told[0]
    assert [reply.turn for reply in reply_turns(session)] == [1]


def test_violence_between_partners_in_the_room_ends_all_of_it(rated, explained, assistant):
    lines = "T: So?\nC1: He hit me on Sunday.\nT: Well?\nC2: This is stupid. {C3}\nT: Hm."
    session = rated(lines, explained=replace(explained, turns=()))
    found = reply_feedback(session, 3, "I hear you both.", assistant(), MEASURED)
    assert found.stopped
    assert "advise the partners together" in " ".join(found.told)
    assert reply_turns(session) == ()


def test_a_session_is_read_as_most_raters_read_it(rated):
    analysis = reference_analysis(rated())
    assert {finding.turn: finding.codes for finding in analysis.findings} == {1: ("W5",), 2: ("R5",), 3: ("C3",)}
    assert [episode.onset for episode in analysis.episodes] == [1]
    assert analysis.risk == ()


def test_our_own_sessions_ask_for_replies_to_their_strains(ours):
    asked = {practice.id: reply_turns(practice) for practice in ours}
    assert sum(map(len, asked.values())) >= 80
    # A helpline at night, where risk is spoken of around every such moment.
    assert asked["b5-10"] == ()
