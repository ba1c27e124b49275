"""Checks what a language model wrote, sentence by sentence: a sentence that points to nothing, quotes what was not said,
turns its source round, or says what this tool never says is withheld. Deterministic, so no wording of the session can talk
it round.

A word that only the session holds supports nothing outside quotation marks, and no word may come that the guidance never
uses: text in a transcript cannot speak through the reply.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from rupture.guidance.wording import sentences

_CITATION = re.compile(r"\[(\d{1,2})\]")
_TURN = re.compile(r"(?:\bturns?\s+#?|#)(\d{1,5})\b", re.IGNORECASE)
_CODE = re.compile(r"\b(?:[WC][1-7]|R(?:10|[1-9]))\b")
_QUOTE = re.compile(r"[\"“]([^\"“”]{1,400})[\"”]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[a-z']{4,}")
_NEGATION = re.compile(r"\b(?:not|never|no|none|nothing|cannot|without|avoid\w*|neither|nor|instead of|rather than)\b|n't\b")
_CAUTION = re.compile(r"\b(?:avoid\w*|not|never|risk\w*|careful|wary|rather than|instead of|without|wrong|harm\w*)\b|n't\b")
_ADVICE = re.compile(
    r"\b(?:you (?:could|might|may|can|should|must|need)|try|consider|should|must|ask|tell|say|offer|let's|do not|don't|stop|start"
    r"|recommend\w*|suggest\w*|advis\w*)\b"
)
_PUNCTUATION = frozenset(" .,;:!?'\"’‘“”()[]-–—…/%&")
_LONGEST_WORD = 24
_LEAST_CITED, _LEAST_SEEN = 0.5, 0.6
"""Share of a sentence's longer words that must stand in the nearest lines of what it cites, or in what the program itself saw."""
_FEWEST = 2
"""Longer words of a sentence that must stand there at least, unless it quotes."""
_NARRATION = frozenset(
    re.findall(
        r"\S+",
        "turn turns client clients therapist moment session words word said says saying here there this that these those might "
        "could would when what which with from have about before after seems perhaps possible possibly read reading heard "
        "their them they your you'd also then than into just",
    )
)

_FORBIDDEN: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        (
            "a link or markup",
            r"https?:|www\.|<[a-z/!]|!\[|\]\(|javascript:|mailto:|\b[\w.]+@\w|\w\.(?:com|org|net|io|co|ai|uk)\b",
        ),
        (
            "a reference of its own",
            r"\bet al\b|\b(?:19|20)\d\d\b|\bdoi\b|\b10\.\d{4,}/|\bisbn\b|\bpmid\b|\b(?:journal|vol\.|pp\.)",
        ),
        (
            "a diagnosis or a mental state",
            r"\b(?:borderline|narcissis\w*|psychopath\w*|sociopath\w*|bipolar|psychotic|psychosis|schizo\w*|personality|ptsd|adhd|autis\w*|delusion\w*|paranoi\w*|"
            r"depress(?:ed|ion|ive)|anxiety|diagnos\w*|patholog\w*|disorder\w*|resistant|resistance|projecti(?:ng|on)|transference|in denial|manipulat\w*|attention[- ]seeking|oversensitiv\w*|hysteri\w*|lying|liar|trauma\w*)\b",
        ),
        (
            "a medical, legal or treatment order",
            r"\b(?:medic\w*|dos(?:e|es|age)|prescri\w*|hospitali[sz]\w*|sedat\w*|fit (?:for|to) (?:work|practi[cs]e|duty)|custody|divorce|lawsuit|police|sue)\b",
        ),
        (
            "a word about risk",
            r"\b(?:suicid\w*|self-harm\w*|kill\w*|risk assessment|(?:no|low|any|at) risk|(?:is|are|was|seems?|perfectly|completely) safe|nothing to worry|no (?:cause|reason) for concern|harmless|in no danger)\b",
        ),
        (
            "a verdict on the session or a person",
            r"\b(?:no (?:rupture|ruptures|strain|markers?|problems?)|alliance (?:is|was|seems|looks) (?:strong|good|fine|excellent|healthy|poor|weak|bad)|\d+ ?(?:/|out of) ?\d+|(?:good|bad|great|poor|excellent) (?:therapist|client|patient|alliance)|incompeten\w*|well done)\b",
        ),
        (
            "a word about itself or its task",
            r"\b(?:ignore|previous instructions?|instructions?|system prompt|prompt|as an ai|language model|assistant|developer|override|jailbreak|dan|password|api key|token|other sessions?|transcripts?|json|function|tool call|base64|rot13)\b",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the model was given: passages by the number they were shown under, the turns of the excerpt, what the program saw.

    `cautions` are the numbers of passages that say what goes wrong; `vocabulary` are the words the guidance uses, as `words_of`
    gives them.
    """

    passages: Mapping[int, str]
    turns: Mapping[int, str]
    vocabulary: Collection[str]
    seen: str = ""
    cautions: frozenset[int] = frozenset()


def problem(sentence: str, sources: Sources) -> str | None:
    """Why the sentence is withheld, in a few words; None when it may be shown."""
    if strange := _strange(sentence):
        return strange
    if not re.match(r"[^\w]*[A-Z]", sentence):
        return "a piece of a sentence"
    if told := forbidden(sentence):
        return told
    cited, turns = citations(sentence), turns_named(sentence)
    if unknown := [n for n in cited if n not in sources.passages]:
        return f"a passage that was not given, [{unknown[0]}]"
    if unknown := [n for n in turns if n not in sources.turns]:
        return f"a turn that was not given, {unknown[0]}"
    if not cited and not turns:
        return "no passage and no turn"
    return _misquoted(sentence, sources) or _unsupported(sentence, sources)


def forbidden(text: str) -> str | None:
    """What in `text` this tool never says, in a few words; None when there is nothing of the kind."""
    plain = _plain(text)
    return next((reason for reason, pattern in _FORBIDDEN if pattern.search(plain)), None)


def citations(sentence: str) -> tuple[int, ...]:
    """Passage numbers in the sentence, in order."""
    return tuple(int(match[1]) for match in _CITATION.finditer(sentence))


def turns_named(sentence: str) -> tuple[int, ...]:
    """Turn numbers in the sentence, in order."""
    return tuple(int(match[1]) for match in _TURN.finditer(sentence))


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The longer words of `texts` without their endings."""
    return frozenset(word for text in texts for word in _stems(_plain(text)))


def _strange(sentence: str) -> str | None:
    """Characters and words that plain English prose does not need, and that could hide what a sentence says."""
    rest = _CITATION.sub("", sentence)
    if "[" in rest or "]" in rest or any(not _ordinary(character) for character in rest):
        return "characters that do not belong there"
    if any(len(word) > _LONGEST_WORD for word in re.split(r"[\s/–—-]+", rest)):
        return "a word that is none"
    left = _CODE.sub("", _TURN.sub("", rest))
    return "a word that is none" if re.search(r"[a-z]\d|\d[a-z]", left, re.IGNORECASE) else None


def _ordinary(character: str) -> bool:
    if character in _PUNCTUATION or "0" <= character <= "9":
        return True
    return character.isalpha() and unicodedata.name(character, "").startswith(("LATIN SMALL", "LATIN CAPITAL"))


def _misquoted(sentence: str, sources: Sources) -> str | None:
    """Quoted words must stand in a turn the sentence names or in a passage it cites; quotation marks must come in pairs."""
    texts = [*(sources.passages[n] for n in citations(sentence)), *(sources.turns[n] for n in turns_named(sentence))]
    for match in _QUOTE.finditer(sentence):
        if not any(_plain(match[1]) in _plain(text) for text in texts):
            return "a quotation that does not stand there"
    return "a quotation without an end" if re.search(r"[\"“”]", _QUOTE.sub("", sentence)) else None


def _unsupported(sentence: str, sources: Sources) -> str | None:
    own = _plain(_TURN.sub(" ", _CODE.sub(" ", _QUOTE.sub(" ", _CITATION.sub(" ", sentence)))))
    if _stems(own) - _NARRATION - _stems(_plain(sources.seen)) - frozenset(sources.vocabulary):
        return "a word the guidance never uses"
    cited = citations(sentence)
    if not cited:
        if _ADVICE.search(own):
            return "advice without a passage"
        if _NUMBER.search(own) or _share(own, sources.seen) < _LEAST_SEEN:
            return "words that do not stand in its source"
        return None
    lines = [_nearest(own, sources.passages[n]) for n in cited]
    told = _plain(" ".join(lines))
    few = len(_stems(own) & _stems(told) - _NARRATION) < _FEWEST and not _QUOTE.search(sentence)
    if few or _share(own, told) < _LEAST_CITED or set(_NUMBER.findall(own)) - set(_NUMBER.findall(told)):
        return "words that do not stand in its source"
    if any(n in sources.cautions for n in cited) and not _CAUTION.search(own):
        return "a caution turned into advice"
    nearest = _plain(max(lines, key=lambda line: _share(own, line)))
    turned = len(_NEGATION.findall(own)) != len(_NEGATION.findall(nearest))
    return "a sentence that turns its source round" if turned and not sources.cautions.intersection(cited) else None


def _nearest(own: str, passage: str) -> str:
    """The sentence of the passage, or two in a row, that shares most words with `own`; the shorter of equals."""
    told = [sentence for paragraph in passage.split("\n") for sentence in sentences(paragraph)]
    lines = [*told, *(f"{first} {second}" for first, second in pairwise(told))]
    return max(lines, key=lambda line: (_share(own, line), -len(line)), default="")


def _share(own: str, text: str) -> float:
    """Share of the longer words of `own` that stand in `text`; narration counts for nothing either way."""
    words, known = _stems(own) - _NARRATION, _stems(_plain(text))
    return len(words & known) / len(words) if words else 1.0


def _stems(plain: str) -> set[str]:
    return {word if word in _NARRATION else re.sub(r"(?:'s|ing|ed|es|s|ly|e)$", "", word) for word in _WORD.findall(plain)}


def _plain(text: str) -> str:
    """Lower case, straight quotes, single spaces."""
    return " ".join(text.lower().translate({ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"'}).split())
