"""Whether the corpus has something to say to a question; where it has not, a reply says so and gives no passage. Pure.

Similarity alone cannot tell: "does my client have a personality disorder?" lies nearer to the corpus than many a good question.
So topics that are never this tool's are named, and a question that speaks of somebody in therapy needs less similarity than
others. Tuned on `evals/cases/guidance_dev.jsonl`, where the split `fresh` was written afterwards and shows what to expect.
"""

import re
from collections.abc import Sequence

from rupture.guidance.values import Candidate, Query

ALONE = 0.42
"""Similarity of the best passage that is enough by itself."""
WITH_CLIENT = 0.28
"""Enough for a question that speaks of somebody in therapy."""

_PERSON = r"(?:my|this|the|our|a) (?:client|patient)|s?he|they|him|her"
_DISORDER = (
    r"borderline|bipolar|narcissis\w*|psychopath\w*|sociopath\w*|schizo\w*|autis\w*|adhd|ocd|ptsd|bpd|npd|depress(?:ed|ion)"
    r"|anorexi\w*|psychotic|psychosis|dementia|\w+ disorder"
)
_DRUG = (
    r"antidepressants?|antipsychotics?|benzo(?:diazepine)?s?|ssris?|snris?|stimulants?|lithium|lamotrigine|methylphenidate"
    r"|propranolol|\w+(?:traline|oxetine|azepam|azolam|alopram|apine|idone|triptyline|ipiprazole|faxine|zodone)"
)
_PLEASE = r"^(?:please )?(?:(?:can|could|would|will) you )?"
# Facts and decisions asked of the tool, not met in the work: that a client is angry about a diagnosis, a medicine or a letter is
# a question about the alliance, and stays one.
_OUTSIDE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:which|what|right|correct) diagnos[ie]s\b|\bdiagnose\b|\bmeets? (?:the )?(?:\w+ )?criteria\b|\b(?:dsm|icd)-?\d*\b",
        rf"\b(?:does|do|has|have|is|are|could|might) (?:{_PERSON}) (?:(?:really|just|also|have|has|be|a|an) )*(?:{_DISORDER})\b",
        rf"\b(?:which|what|how much|how many|best|taper|off|switch) (?:\w+ ){{0,3}}(?:{_DRUG})\b",
        rf"^(?:is|are|can|does|do) (?:\w+ ){{0,6}}(?:{_DRUG})\b|\b(?:dos(?:e|es|age|ing)|milligrams?|mg|side[- ]effects?)\b",
        rf"\bshould (?:{_PERSON}) (?:get|divorce|marry|quit|move|sue|buy|sell|take|(?:stop|start) taking)\b",
        rf"\bshould (?:{_PERSON}) leave (?:him|her|his|their|the marriage)\b|\bprevalence\b|\b(?:phq|gad)-?\d\b",
        r"\btax(?:es)?\b|\b(?:insurance|billing) codes?\b|\bhow much (?:should|do|can) i charge\b",
        rf"{_PLEASE}(?:translate|book|summari[sz]e|score|calculate|schedule|order)\b",
        rf"{_PLEASE}(?:write|draft) (?:\w+ ){{0,3}}(?:report|letter|e-?mail|essay|function|code|poem|story)\b",
    )
)
_IN_THERAPY = re.compile(
    rf"\b(?:clients?|patients?|{_PERSON}|therap\w+|couples?|partners?|teen\w*|adolescents?|group|family|session|between us"
    r"|alliance|ruptures?|repair\w*|apologi[sz]e|homework|supervis\w+|counsel\w+)\b",
    re.IGNORECASE,
)


def covered(candidates: Sequence[Candidate], query: Query) -> bool:
    """Whether passages may be given for `query`; one that names codes of the codebook always may have them."""
    if not candidates or any(topic.search(query.text) for topic in _OUTSIDE):
        return False
    if query.markers or query.strategies:
        return True
    return max(candidate.similarity for candidate in candidates) >= (WITH_CLIENT if _IN_THERAPY.search(query.text) else ALONE)
