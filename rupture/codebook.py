"""The coding scheme as one table: markers shown by clients, strategies used by therapists.

After the Rupture Resolution Rating System (3RS; Eubanks, Muran & Safran 2015, revised 2022), in our own words. Prompts, retrieval
queries, legends and label checks are filled from here and never retyped. A new code is one row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """Which way a code points: away from the therapist, against the therapist, or the therapist's answer."""

    WITHDRAWAL = "withdrawal"
    CONFRONTATION = "confrontation"
    STRATEGY = "strategy"


class Component(StrEnum):
    """Part of the working alliance (Bordin 1979)."""

    BOND = "bond"
    GOAL = "goal"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the codebook.

    `label` is for people, `definition` says what an observer would see, `contrast` what it is easily mistaken for, and
    `components` which parts of the alliance it usually strains (empty for strategies).
    """

    code: str
    name: str
    label: str
    family: Family
    definition: str
    contrast: str = ""
    components: tuple[Component, ...] = ()


_B, _G, _T = Component.BOND, Component.GOAL, Component.TASK
_W, _C, _R = Family.WITHDRAWAL, Family.CONFRONTATION, Family.STRATEGY

CODES: tuple[Code, ...] = (
    Code(
        "W1",
        "denial",
        "closes a feeling down",
        _W,
        "Denies or plays down a feeling, a problem or its importance that seems evident, so that the topic closes.",
        "It may be plain fact, or enough said for today. Pushing the therapist's idea back is C2.",
        (_B,),
    ),
    Code(
        "W2",
        "minimal_response",
        "goes quiet or clipped",
        _W,
        "Goes silent or clipped where the therapist is inviting exploration.",
        "A short answer to a closed question, or a back-channel while the therapist talks, is ordinary.",
        (_T,),
    ),
    Code(
        "W3",
        "abstract_communication",
        "stays general",
        _W,
        "Vague, intellectual or global talk that keeps the therapist and the feeling at a distance.",
        "Thinking aloud towards something concrete is work, not distance.",
        (_T,),
    ),
    Code(
        "W4",
        "avoidant_storytelling",
        "moves off the topic",
        _W,
        "Tells tangential or long stories, or shifts topic, in a way that leads away from the therapist or the work.",
        "A story that answers the question, however long, is not avoidance.",
        (_T,),
    ),
    Code(
        "W5",
        "deferential_appeasing",
        "goes along without engaging",
        _W,
        "Agrees, complies or flatters to avoid friction, without real engagement.",
        "Real agreement brings own words, elaboration or a plan.",
        (_T,),
    ),
    Code(
        "W6",
        "content_affect_split",
        "words and feeling do not match",
        _W,
        "The feeling shown does not fit what is told, such as laughing while telling of pain.",
        "Warm joking together is not a split.",
        (_B,),
    ),
    Code(
        "W7",
        "self_criticism_hopelessness",
        "turns against self or hope",
        _W,
        "Self-blame or hopelessness that shuts the therapist out and closes off the possibility of help.",
        "Sadness or self-doubt that is explored together is work.",
        (_B, _G),
    ),
    Code(
        "C1",
        "complaint_therapist",
        "complains about the therapist",
        _C,
        "Voices negative feelings about, or criticism of, the therapist as a person or of the therapist's competence.",
        "Anger at people outside therapy, shared with the therapist, is not a complaint.",
        (_B,),
    ),
    Code(
        "C2",
        "rejects_intervention",
        "turns the therapist's offer away",
        _C,
        "Rejects or dismisses the therapist's view, interpretation, suggestion or question.",
        "Declining with a reason and a counter-offer is collaboration; answering a felt accusation is C6.",
        (_T,),
    ),
    Code(
        "C3",
        "complaint_activities",
        "objects to the tasks",
        _C,
        "Discontent, doubt or discomfort about the tasks of therapy: homework, exercises, talking itself.",
        "Asking how a task works is not an objection.",
        (_T,),
    ),
    Code(
        "C4",
        "complaint_parameters",
        "objects to the frame",
        _C,
        "Complains about the frame: time, fee, place, frequency, forms, confidentiality, being required to attend.",
        "Sorting out dates and money in passing is logistics.",
        (_T,),
    ),
    Code(
        "C5",
        "complaint_progress",
        "says it is not helping",
        _C,
        "Says that therapy is not working, or is too slow.",
        "Reporting a bad week while working on it is not a complaint about progress.",
        (_G,),
    ),
    Code(
        "C6",
        "defends_self",
        "defends against felt criticism",
        _C,
        "Defends own thoughts, feelings or behaviour against what is taken as the therapist's criticism or judgement.",
        "Explaining oneself when asked, without feeling accused, is ordinary; turning an offer away is C2.",
        (_B,),
    ),
    Code(
        "C7",
        "controlling_pressuring",
        "presses or takes over",
        _C,
        "Tries to control the therapist or the session: demands, dictates, or puts the therapist on the spot.",
        "Asking plainly for what one needs is collaboration.",
        (_B, _T),
    ),
    Code(
        "R1", "clarify_misunderstanding", "clears up a misunderstanding", _R, "Clears up what was misunderstood between the two."
    ),
    Code(
        "R2",
        "change_task_or_goal",
        "changes the task or goal",
        _R,
        "Changes the task or the goal of the work in answer to the strain.",
    ),
    Code(
        "R3", "illustrate_task_or_rationale", "explains the task or its reason", _R, "Shows how a task works or gives its reason."
    ),
    Code(
        "R4",
        "invite_thoughts_feelings",
        "invites thoughts about the work",
        _R,
        "Invites the client's thoughts and feelings about the therapist or the therapy.",
    ),
    Code("R5", "acknowledge_contribution", "owns a part in it", _R, "Acknowledges the therapist's own part in the strain."),
    Code(
        "R6",
        "disclose_internal_experience",
        "shares own experience of the moment",
        _R,
        "Shares the therapist's own inner experience of the interaction.",
    ),
    Code(
        "R7",
        "link_to_patterns_with_therapist",
        "links to patterns between them",
        _R,
        "Links the moment to patterns between the client and the therapist.",
    ),
    Code(
        "R8",
        "link_to_patterns_in_other_relationships",
        "links to other relationships",
        _R,
        "Links the moment to patterns in the client's other relationships.",
    ),
    Code(
        "R9",
        "validate_defensive_posture",
        "finds the sense in the guardedness",
        _R,
        "Validates the client's guarded or defensive stance as making sense.",
    ),
    Code("R10", "redirect_refocus", "comes back to the task", _R, "Redirects or refocuses the client on the task at hand."),
)

BY_CODE: dict[str, Code] = {row.code: row for row in CODES}
MARKERS: tuple[str, ...] = tuple(row.code for row in CODES if row.family is not Family.STRATEGY)
STRATEGIES: tuple[str, ...] = tuple(row.code for row in CODES if row.family is Family.STRATEGY)
MARKER_FAMILIES: tuple[Family, Family] = (Family.WITHDRAWAL, Family.CONFRONTATION)

# What a detector says of a client turn beside single markers.
RUPTURE = "rupture"


def markers_of(family: Family) -> tuple[str, ...]:
    """The codes of one family, in codebook order."""
    return tuple(row.code for row in CODES if row.family is family)


def family_of(code: str) -> Family:
    """The family of `code`; KeyError for an unknown code."""
    return BY_CODE[code].family


def components_of(codes: Iterable[str]) -> tuple[Component, ...]:
    """Parts of the alliance that `codes` strain, without repeats, in codebook order of the codes."""
    return tuple(dict.fromkeys(part for code in codes for part in BY_CODE[code].components))


def clearest(codes: Iterable[str]) -> tuple[str, ...]:
    """The first code of each family, in the order given: findings name their clearest codes first."""
    first: dict[Family, str] = {}
    for code in codes:
        first.setdefault(family_of(code), code)
    return tuple(first.values())


def describe(codes: Iterable[str]) -> str:
    """One line a code, for prompts and legends: `W5 goes along without engaging: Agrees, complies …`."""
    return "\n".join(f"{BY_CODE[c].code} {BY_CODE[c].label}: {BY_CODE[c].definition}" for c in codes)
