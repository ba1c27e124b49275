"""Whether a question is one the guidance is about; where it is not, nothing is searched for and a reply says so.

Similarity to passages cannot tell: "does my client have a personality disorder?" lies nearer to the corpus than many a good
question. So a plane through the encoder's space was fitted between questions the guidance answers (`corpus/queries.jsonl`) and
others that people in this work ask (`corpus/outside.jsonl`); decisions and facts that are never this tool's are named besides.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rupture.errors import ModelError
from rupture.guidance.values import Query
from rupture.guidance.vectors import Vectors

FILE = "scope.json"
_LEAST, _LEAST_NAMED = -0.75, 2.25
"""Log odds below which a question is left alone: any question, best F1 on the development half of the cases; and one that names a
topic which is never ours and so has to be the plainer about the alliance."""

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


@dataclass(frozen=True, slots=True)
class Scope:
    """`weights` (dimension,) and `bias` of a logistic regression: the log odds that a question is one the guidance answers."""

    weights: Vectors
    bias: float

    def covers(self, query: Query, vector: Vectors) -> bool:
        """Whether passages may be given for `query`, encoded as `vector`; one that names codes of the codebook always may have
        them."""
        if query.markers or query.strategies:
            return True
        if not any(map(str.isalpha, query.text)):
            return False
        sure = any(topic.search(query.text) for topic in _OUTSIDE)
        return float(self.weights @ vector) + self.bias >= (_LEAST_NAMED if sure else _LEAST)


def read_scope(folder: Path) -> Scope:
    """The scope that was fitted with the encoder in `folder`; ModelError when it is missing or damaged."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Scope(np.array(data["weights"], np.float32), float(data["bias"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError(f"{folder / FILE}: cannot be read. Reinstall rupture, or run: rupture guidance tune") from None
