"""Practice as plain text for the terminal: what stands before a session, its turns, the feedback, the course. Pure."""

import textwrap
from collections.abc import Iterable, Sequence
from datetime import date

from rupture.codebook import MARKERS, STRATEGIES, describe
from rupture.guidance.values import Guidance
from rupture.practice.comparison import HELD
from rupture.practice.explanations import ReplyTurn
from rupture.practice.feedback import Feedback, TurnFeedback
from rupture.practice.progress import Progress
from rupture.practice.reading import reference_analysis
from rupture.practice.reply_feedback import ReplyFeedback, example_words
from rupture.practice.returning import Item, due
from rupture.practice.sets import PracticeSession
from rupture.practice.wording import said
from rupture.report import sources
from rupture.transcript import Role, Turn, clean_speaker_names
from rupture.words import risk_notice

WIDTH = 100
"""Columns, narrower than most windows."""


def before(practice: PracticeSession) -> str:
    """`before_lines` as text."""
    return _paragraphs(before_lines(practice))


def before_lines(practice: PracticeSession) -> list[str]:
    """What is said of a session before it is read; it gives nothing away."""
    explained = practice.explained
    return [
        *([explained.about, said("terminal.level", level=explained.level)] if explained else []),
        said("before.turns", turns=len(practice.transcript.turns)),
        *([said("before.harm")] if reference_analysis(practice).risk else []),
        *([] if practice.human else [said("before.invented")]),
        said("reference.human" if practice.human else "reference.model", raters=practice.raters),
    ]


def turn_line(practice: PracticeSession, turn: Turn) -> str:
    """One turn with its number and speaker."""
    name = clean_speaker_names(practice.transcript)[turn.speaker]
    return textwrap.fill(f"{turn.index:>3}  {name}: {turn.text}", WIDTH, subsequent_indent="     ")


def codebook_help(role: Role) -> str:
    """The codes that can stand on a turn of `role`, a line each."""
    lines = describe(MARKERS if role is Role.CLIENT else STRATEGIES).splitlines()
    return "\n".join(textwrap.fill(line, WIDTH, subsequent_indent="   ") for line in lines)


def feedback_page(found: Feedback, practice: PracticeSession) -> str:
    """The feedback, turn by turn and then on the whole."""
    split = [said("agreement.split")] if any(turn.counts for turn in found.turns) else []
    whole = [
        *found.told,
        *(family.told for family in found.families),
        *split,
        *(sure.told for sure in found.sureness),
        *([found.look_for] if found.look_for else []),
        found.reference,
    ]
    notice = risk_notice(reference_analysis(practice))
    parts = [notice and _paragraphs([notice]), *(turn_page(turn, practice) for turn in found.turns), _paragraphs(whole)]
    return "\n\n".join(part for part in parts if part)


def turn_page(found: TurnFeedback, practice: PracticeSession) -> str:
    """The feedback on one turn; the codebook's words only where it was read otherwise."""
    turn = practice.transcript.turns[found.turn]
    start, end = found.words or (0, len(turn.text))
    who = clean_speaker_names(practice.transcript)[turn.speaker]
    told = [
        said("terminal.turn", turn=found.turn, who=who, words=turn.text[start:end]),
        found.told,
        " ".join(part for part in (found.counts, found.split) if part),
        said("terminal.why", why=found.why) if found.why else "",
        found.contrast_words,
        *(() if found.outcome in HELD else found.definitions),
    ]
    return _paragraphs(told)


def replies_page(found: Sequence[ReplyFeedback], guidance: Guidance) -> str:
    """The feedback on the replies, with the sources of what is proposed."""
    passages = list(dict.fromkeys(id for feedback in found for proposal in feedback.proposals for id in proposal.passages))
    parts = [_reply(feedback, passages) for feedback in found]
    cited = [f"{said('terminal.sources')}\n{sources(passages, guidance)}"] if passages else []
    return "\n\n".join([*parts, *cited])


def examples_page(replies: Sequence[ReplyTurn]) -> str:
    """The examples for moments at which no reply was written."""
    return "\n\n".join(_paragraphs([said("terminal.no_reply", turn=reply.turn), example_words(reply)]) for reply in replies)


def progress_page(found: Progress) -> str:
    """The course in sentences, the markers last."""
    return _paragraphs([*found.told, *(marker.told for marker in found.markers)])


def due_line(found: Sequence[Item], today: date) -> str:
    """How much is due on `today`, or else when the next is."""
    if waiting := due(found, today):
        return said("returning.due", count=len(waiting))
    later = [said("returning.next", date=found[0].due)] if found else []
    return " ".join([said("returning.none"), *later])


def _reply(found: ReplyFeedback, passages: Sequence[str]) -> str:
    """Proposals with the numbers of their sources among `passages`."""
    told = [said("terminal.your_reply", turn=found.turn, reply=found.reply), *found.told]
    for proposal in found.proposals:
        told.append(f"{proposal.told} {''.join(f'[{passages.index(id) + 1}]' for id in proposal.passages)}")
    return _paragraphs(told)


def _paragraphs(told: Iterable[str]) -> str:
    return "\n".join(textwrap.fill(text, WIDTH) for text in told if text)
