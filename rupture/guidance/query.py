"""Writes the query: from a moment of an analysis, in the codebook's words, or from a question as asked. Pure.

A moment's query never holds words of the transcript, so that nothing a client said can steer what is found; what it says about
the therapist's turn is counted, not read.
"""

import re

from rupture.analysis import Analysis
from rupture.codebook import BY_CODE, CODES, MARKERS, STRATEGIES
from rupture.guidance.topics import topics_in
from rupture.guidance.values import PassageRole, Query
from rupture.guidance.vocabulary import modality_in
from rupture.transcript import Turn

_AT_LENGTH = 80
"""Words from which a therapist's turn counts as long."""
_CODE = re.compile(r"\b(?:[WC][1-7]|R(?:10|[1-9]))\b")
_SUGGESTION = re.compile(
    r"\b(?:you (?:should|could|might|need to|have to)|why don't you|how about|i(?:'d| would) (?:suggest|recommend))\b",
    re.IGNORECASE,
)

# Which part of a document a question is after, by the words that ask for it.
_ROLE_WORDS: dict[PassageRole, str] = {
    PassageRole.SAY: r"say|saying|words?|worded|wordings?|phras(?:e|ing)|sentences?|script",
    PassageRole.AVOID: r"avoid|mistakes?|pitfalls?|go(?:es)? wrong|not (?:to )?(?:do|say)|make (?:it|this) worse|backfires?",
    PassageRole.RECOGNISE: r"recogni[sz]e|notice|spot|signs?|(?:look|sound)s? like|(?:tell|know) (?:if|whether|when)",
    PassageRole.READING: r"other (?:readings?|explanations?|reasons?)|misread|mistak(?:e|en|ing)|innocent|cultur(?:e|al)",
    PassageRole.EVIDENCE: r"evidence|research|stud(?:y|ies)|trials?|proven|meta-analys[ie]s",
}
_ROLE_PATTERNS = {role: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for role, words in _ROLE_WORDS.items()}


def question_query(question: str) -> Query:
    """The query for a free question; codes it names (`W5`, or by their label) are looked up in the codebook."""
    codes = codes_in(question)
    text = " ".join([question.strip(), *(_sentence(code) for code in codes)])
    return Query(
        text=text,
        markers=tuple(code for code in codes if code in MARKERS),
        strategies=tuple(code for code in codes if code in STRATEGIES),
        modality=modality_in(question),
        topics=topics_in(question),
        roles=_roles_in(question),
    )


def moment_query(analysis: Analysis, turn: int, question: str = "", modality: str | None = None, setting: str = "") -> Query:
    """The query for what was found at `turn`, with a question about it if one was asked; `setting` is what is known of the client
    and the place, of which only the topics it names are used."""
    finding = analysis.finding(turn)
    episode = analysis.episode_at(turn)
    found = (finding.codes or finding.hints) if finding else ()
    asked = codes_in(question)
    here = tuple(code for code in found if code in MARKERS) or (episode.codes if episode else ())
    markers = tuple(code for code in asked if code in MARKERS) or here
    strategies = tuple(code for code in (*asked, *found) if code in STRATEGIES)
    parts = [
        *(_sentence(code) for code in (*markers, *strategies)),
        _situation(analysis, turn),
        question.strip() or "What can the therapist do or say now?",
    ]
    return Query(
        text=" ".join(part for part in parts if part),
        markers=markers,
        strategies=tuple(dict.fromkeys(strategies)),
        modality=modality or modality_in(question) or modality_in(setting),
        topics=topics_in(f"{question} {setting}"),
        roles=_roles_in(question) or (PassageRole.DO, PassageRole.SAY),
    )


def _situation(analysis: Analysis, turn: int) -> str:
    """What the therapist did just before, as far as it can be counted."""
    before = analysis.transcript.therapist_before(turn)
    moves = _moves(before) if before else []
    return f"Just before, the therapist {' and '.join(moves)}." if moves else ""


def _moves(turn: Turn) -> list[str]:
    return [
        move
        for move, made in (
            ("spoke at length", len(turn.text.split()) >= _AT_LENGTH),
            ("asked a question", "?" in turn.text),
            ("made a suggestion", bool(_SUGGESTION.search(turn.text))),
        )
        if made
    ]


def codes_in(question: str) -> tuple[str, ...]:
    """Codes that the question names, in order of the codebook; lower case counts, as people type it."""
    named = set(_CODE.findall(question.upper()))
    plain = " ".join(question.lower().split())
    return tuple(row.code for row in CODES if row.code in named or row.label in plain or row.name.replace("_", " ") in plain)


def _roles_in(question: str) -> tuple[PassageRole, ...]:
    return tuple(role for role, pattern in _ROLE_PATTERNS.items() if pattern.search(question))


def _sentence(code: str) -> str:
    row = BY_CODE[code]
    return f"{row.label[0].upper()}{row.label[1:]}. {row.definition}"
