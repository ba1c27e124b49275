"""What people read about numbers, families and outcomes, in words, on the screen and in reports. No layout and no escaping
here; reviewed phrases are in `prompts/phrases.yaml`.
"""

from rupture.analysis import Analysis, Finding, State
from rupture.assistant.draft import phrase
from rupture.codebook import BY_CODE, Component, Family, clearest
from rupture.corrections import Verdict, limits, verdict_in
from rupture.privacy.risk import ends_joint_work
from rupture.transcript import Transcript, clean_speaker_names

CONSENT = (
    "Please make sure that your client has agreed to their session being read by software, and knows they can take that back. "
    "This is for your own reflection and training: it is not for diagnosis, for assessing risk, or for decisions about a "
    "person's job, custody, fitness or legal case."
)

FAMILY_WORDS = {Family.WITHDRAWAL: "moves away", Family.CONFRONTATION: "moves against", Family.STRATEGY: "a way to answer"}
# A shape for each family beside its colour, for readers who cannot tell the colours apart.
FAMILY_SIGNS = {Family.WITHDRAWAL: "◁", Family.CONFRONTATION: "▲", Family.STRATEGY: "◆"}
COMPONENT_WORDS = {
    Component.BOND: "bond: trust and warmth between you",
    Component.GOAL: "goal: what the work is for",
    Component.TASK: "task: how you go about it",
}

_RATING_WORDS = {
    "withdrawal": ("none seen", "a little", "some, in places", "marked", "runs through the session"),
    "confrontation": ("none seen", "a little", "some, in places", "marked", "runs through the session"),
    "resolution": ("hardly any", "a little", "partly", "mostly", "well on the way"),
}
RATING_MEANING = {
    "withdrawal": "how far the client moved away from you or the work",
    "confrontation": "how far the client pushed against you or the work",
    "resolution": "how far the strain eased again by the end",
}
_SURENESS = ((0.8, "fairly sure"), (0.6, "leaning towards it"), (0.4, "could go either way"), (0.0, "only a faint sign"))

YOUR_CODE = "your code, not the model’s"
"""What stands in place of how sure, beside a code that the reader gave."""


def sureness(probability: float) -> str:
    """How sure, in words, with the count that stands behind it."""
    word = next(word for least, word in _SURENESS if probability >= least)
    tenths = max(1, min(9, round(10 * probability)))
    return f"{word}: of turns that score like this, model raters coded about {tenths} in 10"


def rating_words(name: str, value: int) -> str:
    """What a session rating of 1 to 5 means."""
    return _RATING_WORDS[name][value - 1]


def contribution_question(value: int) -> str:
    """The therapist's share, as a question and never as a number."""
    if value <= 2:
        return "Is there anything you did, or left out, that this client may have found hard, even if it does not show here?"
    return (
        "Looking back at these moments: what were you feeling just before, and could something in how you answered have added to "
        "the strain?"
    )


def display_name(transcript: Transcript, speaker: str) -> str:
    """What a speaker is called on screen."""
    return clean_speaker_names(transcript).get(speaker, "Other")


def labels(finding: Finding) -> str:
    """The clearest marker of each family: `goes along without engaging and objects to the tasks`."""
    return " and ".join(BY_CODE[code].label for code in clearest(finding.codes))


def family(finding: Finding) -> Family | None:
    """The family of the first code, which the finding is drawn as."""
    return BY_CODE[finding.codes[0]].family if finding.codes else None


def plain_name(transcript_id: str) -> str:
    """`sleep-diary` → `Sleep diary`; a pasted session has no name of its own."""
    if transcript_id == "pasted":
        return "Your session"
    words = " ".join(transcript_id.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:]


def risk_notice(analysis: Analysis) -> str:
    """The fixed notice, with its turns; empty when no risk language was seen, which is never said to mean anything."""
    if not analysis.risk:
        return ""
    turns = list(dict.fromkeys(notice.turn for notice in analysis.risk))
    shown = ", ".join(map(str, turns[:12])) + (f" and {len(turns) - 12} more" if len(turns) > 12 else "")
    joint = phrase("risk_joint") if ends_joint_work(notice.kind for notice in analysis.risk) else ""
    return f"{phrase('risk_notice', where=phrase('risk_where_turns', turns=shown))} {joint}".strip()


def outcome(analysis: Analysis, miss_rate: float | None) -> str:
    """One sentence on what the analysis came to, with its limits."""
    if analysis.state is State.NOT_ANALYSED:
        return phrase("not_analysed", reasons=" ".join(analysis.notes))
    count = len(analysis.moments)
    if not count and any(verdict_in(note) is Verdict.NOT_A_RUPTURE for note in analysis.notes):
        return "Every moment that was shown has been set aside. Others may have been missed."
    if not count:
        missed = phrase("no_marker_unknown") if miss_rate is None else phrase("no_marker_missed", missed=round(10 * miss_rate))
        return phrase("no_marker", turns=len(analysis.transcript.turns), missed=missed)
    found = "One moment is" if count == 1 else f"{count} moments are"
    partly = f" {phrase('partly', reasons=limits(analysis))}" if analysis.state is State.PARTLY else ""
    return f"{found} perhaps worth a second look. Others may have been missed, and some of these may be nothing.{partly}"
