"""Replies that need no session: questions answered from the corpus alone, codes from the codebook, what the tool is."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rupture.assistant.draft import Draft, phrase
from rupture.assistant.fitting import register_in, words_for
from rupture.assistant.focus import named_turn, without_turn
from rupture.assistant.moment_text import add_avoid, way_text
from rupture.codebook import BY_CODE, Family, markers_of
from rupture.guidance.query import codes_in, question_query
from rupture.guidance.rank import rank
from rupture.guidance.topics import fits
from rupture.guidance.values import Candidate, Guidance, Passage, PassageRole, Query
from rupture.guidance.vocabulary import ANY
from rupture.guidance.wording import sentences
from rupture.protocols import Retriever

_SCORE_WEIGHT = 8
"""Brings a fused rank score near the scale of a similarity; set by hand, as the next are."""
_ALONE_IN_DOCUMENT = 0.8
_BROUGHT_UP, _NOT_BROUGHT_UP = 0.15, 0.2
_UNFOUND = 0.55
"""What a document whose topic the question names counts at least, if any of it was found."""
_OTHER_MODALITY = 0.2
_NEARLY = 0.85
_CLEAR, _CLEAR_WHOLE = 0.42, 0.57
"""Similarity of the nearest passage, or of the nearest query written for one, from which a question says by itself what it
is about, without the asking and with it: "when he does this" has .36, "what should I say next" .55."""
_LEAST_TOLD = 3
"""Words that must be left to look up once the asking itself is taken away."""
_ASKING = re.compile(r"\b(?:and )?(?:what|how|which words) (?:could|should|would|can|do|might|am) i\b[^,.;?!]*", re.IGNORECASE)
_RUPTURE = re.compile(r"\b(?:ruptures?|alliance)\b", re.IGNORECASE)
_FIXED = frozenset({"about", "courtesy", "outside"})
_ANYTIME = frozenset({"define", "question", "evidence"})
_ADVICE = frozenset({PassageRole.DO, PassageRole.SAY})


def add(draft: Draft, intent: str, question: str, guidance: Guidance, retriever: Retriever) -> bool:
    """Adds the reply for `intent`; False when the guidance does not cover the question, or no session is there to speak of."""
    if intent in _FIXED:
        draft.say(phrase(intent))
        return intent != "outside"
    if intent == "define" and _add_definitions(draft, question):
        return True
    if intent in _ANYTIME:
        return _add_guidance(draft, question, guidance, retriever, evidence=intent == "evidence")
    # It speaks of a session that is not there, unless its words alone say what it is about.
    if named_turn(question) is None and add_if_clear(draft, question, guidance, retriever):
        return True
    draft.say(phrase("no_session"))
    return False


def add_if_clear(draft: Draft, question: str, guidance: Guidance, retriever: Retriever) -> bool:
    """Adds advice from the corpus when the question itself plainly says what it is about; otherwise adds nothing."""
    told, clear = " ".join(_ASKING.sub(" ", without_turn(question)).split()), _CLEAR
    if len(told.split()) < _LEAST_TOLD:
        told, clear = question, _CLEAR_WHOLE
    query = question_query(told)
    found = [c for c in retriever.candidates(query) if c.passage.id in guidance.passages]
    if max((max(c.asked, c.similarity) for c in found), default=0.0) < clear:
        return False
    _add_answer(draft, question, query, found, guidance)
    return True


def _add_guidance(draft: Draft, question: str, guidance: Guidance, retriever: Retriever, *, evidence: bool) -> bool:
    query = question_query(question)
    if evidence:
        query = replace(query, roles=(PassageRole.EVIDENCE,))
    found = [c for c in retriever.candidates(query) if c.passage.id in guidance.passages]
    if not found:
        draft.say(phrase("not_covered"))
        return False
    _add_answer(draft, question, query, found, guidance)
    return True


def _add_answer(draft: Draft, question: str, query: Query, found: Sequence[Candidate], guidance: Guidance) -> None:
    """What the two nearest documents say: the part the question asks for, or else ways to respond and what to avoid."""
    documents = _nearest_documents(found, query)
    roles = [role for role in query.roles if role not in _ADVICE]
    asked = [passage for role in roles for document in documents for passage in _of(guidance, document, role)]
    if asked:
        for position, passage in enumerate(asked[:2]):
            _add_sentences(draft, passage, 3 if position == 0 else 2)
        return
    ways = [p for document in documents for p in _of(guidance, document, PassageRole.DO)[: 2 if document == documents[0] else 1]]
    if not ways:
        _add_sentences(draft, rank(found, query, limit=1)[0].passage, 3)
        return
    parts: list[str] = []
    used: list[str] = []
    for position, advice in enumerate(ways):
        words = words_for(advice, query.markers, guidance, register=register_in(question), used=used, seed=position)
        used += [words.text] if words else []
        draft.strategies.extend(advice.strategies[:1])
        parts.append(draft.claim(way_text(advice, words, seed=position), [advice.id, *([words.passage] if words else [])]))
    draft.say(*parts, lead="respond")
    add_avoid(draft, next(iter(_of(guidance, documents[0], PassageRole.AVOID)), None))


def _add_sentences(draft: Draft, passage: Passage, most: int) -> None:
    draft.say(draft.claim(" ".join(sentences(passage.text)[:most]), [passage.id]))


def _of(guidance: Guidance, document: str, role: PassageRole) -> list[Passage]:
    return [p for p in guidance.passages.values() if p.document == document and p.role is role]


def _nearest_documents(found: Sequence[Candidate], query: Query) -> list[str]:
    """The document with the nearest two passages, and the next if it is nearly as near; a topic that the question names
    counts for its documents, and one that it does not name against. Ties by id."""
    about = {c.passage.document: c.passage.topics for c in found}
    brought_up = {document for document, topics in about.items() if set(topics) & set(query.topics)}
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for c in found:
        other = ANY not in c.passage.modality and query.modality not in c.passage.modality
        scores[c.passage.document].append(c.similarity + _SCORE_WEIGHT * c.score - _OTHER_MODALITY * other)
    near = {
        document: sum(sorted(values)[-2:]) / 2 if len(values) > 1 else values[0] * _ALONE_IN_DOCUMENT
        for document, values in scores.items()
    }
    near |= {document: max(near[document], _UNFOUND) for document in brought_up}
    for document in near:
        near[document] += _BROUGHT_UP if document in brought_up else 0.0 if fits(about[document], ()) else -_NOT_BROUGHT_UP
    best = sorted(near, key=lambda document: (-near[document], document))[:2]
    return [document for document in best if near[document] >= _NEARLY * near[best[0]]]


def _add_definitions(draft: Draft, question: str) -> bool:
    """Codes and families that the question names, from the codebook; False when it names none."""
    codes = codes_in(question)
    for row in (BY_CODE[code] for code in codes):
        slots: dict[str, Any] = {"code": row.code, "label": row.label, "definition": row.definition}
        if row.family is Family.STRATEGY:
            draft.say(phrase("definition_strategy", **slots))
            continue
        draft.say(
            phrase("definition_reply", family=phrase(f"family.{row.family}"), contrast=row.contrast, **slots),
            phrase("component", components=" and ".join(row.components)),
        )
    families = [family for family in (Family.WITHDRAWAL, Family.CONFRONTATION) if not codes and family in question.lower()]
    for family in families:
        members = "; ".join(phrase("named", code=code, label=BY_CODE[code].label) for code in markers_of(family))
        draft.say(phrase("definition_family", family=family.capitalize(), named=phrase(f"family.{family}"), codes=members))
    about_rupture = not codes and not families and bool(_RUPTURE.search(question))
    if about_rupture:
        draft.say(phrase("definition_rupture"))
    return bool(codes or families or about_rupture)
