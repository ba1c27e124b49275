"""Checks what a language model wrote, sentence by sentence: a sentence that points to nothing, quotes what was not said, or
says what
this tool never says is withheld. Deterministic, so no wording of the session can talk it round."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_CITATION = re.compile(r"\[(\d{1,2})\]")
_TURN = re.compile(r"(?:\bturns?\s+#?|#)(\d{1,5})\b", re.IGNORECASE)
_QUOTE = re.compile(r"[\"“]([^\"“”]{1,400})[\"”]")
_WORD = re.compile(r"[a-z']{4,}")
_LEAST_SUPPORT = 0.3
"""Share of a sentence's longer words that must stand in what it cites."""

_FORBIDDEN: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        ("a link or markup", r"https?:|www\.|<[a-z/!]|!\[|\]\(|javascript:|`|\$\$|\\\("),
        ("a reference of its own", r"\bet al\b|\b(?:19|20)\d\d\b|\bdoi\b|\b10\.\d{4,}/"),
        (
            "a diagnosis or a mental state",
            r"\b(?:borderline|narcissis\w*|psychopath\w*|bipolar|psychotic|psychosis|schizo\w*|personality disorder|ptsd|adhd|autis\w*|"
            r"depress(?:ed|ion|ive)|anxiety disorder|diagnos\w*|patholog\w*|disorder|resistant client|projecti(?:ng|on)|transference|in denial|manipulat\w*|attention[- ]seeking)\b",
        ),
        (
            "a medical or treatment order",
            r"\b(?:medication|dose|dosage|prescri\w*|hospitali[sz]\w*|fit (?:for|to) (?:work|practi[cs]e|duty)|custody)\b",
        ),
        (
            "a word about risk",
            r"\b(?:suicid\w*|self-harm\w*|no risk|low risk|not at risk|is safe|are safe|nothing to worry|no cause for concern)\b",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the model was given: passages by the number they were shown under, and the turns of the excerpt."""

    passages: Mapping[int, str]
    turns: Mapping[int, str]


def problem(sentence: str, sources: Sources) -> str | None:
    """Why the sentence is withheld, in a few words; None when it may be shown."""
    for reason, pattern in _FORBIDDEN:
        if pattern.search(sentence):
            return reason
    cited, turns = citations(sentence), turns_named(sentence)
    if unknown := [n for n in cited if n not in sources.passages]:
        return f"a passage that was not given, [{unknown[0]}]"
    if unknown := [n for n in turns if n not in sources.turns]:
        return f"a turn that was not given, {unknown[0]}"
    if not cited and not turns:
        return "no passage and no turn"
    texts = [*(sources.passages[n] for n in cited), *(sources.turns.values() if turns else ())]
    if any(
        _plain(match[1]) not in _plain(" ".join([*sources.turns.values(), *sources.passages.values()]))
        for match in _QUOTE.finditer(sentence)
    ):
        return "a quotation that does not stand there"
    return None if _support(sentence, texts) >= _LEAST_SUPPORT else "words that do not stand in its source"


def citations(sentence: str) -> tuple[int, ...]:
    """Passage numbers in the sentence, in order."""
    return tuple(int(match[1]) for match in _CITATION.finditer(sentence))


def turns_named(sentence: str) -> tuple[int, ...]:
    """Turn numbers in the sentence, in order."""
    return tuple(int(match[1]) for match in _TURN.finditer(sentence))


def _support(sentence: str, texts: Collection[str]) -> float:
    words = set(_WORD.findall(_plain(_CITATION.sub(" ", sentence)))) - {"turn", "turns", "client", "therapist"}
    known = set(_WORD.findall(_plain(" ".join(texts))))
    return len(words & known) / len(words) if words else 1.0


def _plain(text: str) -> str:
    """Lower case, straight quotes, single spaces."""
    return " ".join(text.lower().translate({ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"'}).split())
