"""The closed vocabularies of the corpus beside the codebook: modalities with the words that name them, stages, kinds, registers.

`corpus/README.md` shows the same lists to writers; a test holds the two together.
"""

import re

ANY = "any"
KINDS = ("marker", "strategy", "topic")
AUDIENCES = ("therapist", "trainee", "supervisor")
STAGES = ("in_the_moment", "later_in_session", "between_sessions", "next_session")
REGISTERS = ("plain", "warm", "brief")
STATES = ("verified", "seen", "seen_part", "recalled")

# What people write when they mean a modality. Short forms that are also English words count in capitals only; "family" and
# "group" only where the therapy is meant, since most clients speak of a family.
_MODALITY_WORDS: dict[str, str] = {
    "cbt": r"(?i:\bi?cbt\b|cognitive[- ]behaviou?r|\bcognitive therap|\bexposure (?:work|therapy|session|exercise))",
    "dbt": r"(?i:\bdbt\b|\bdialectical)",
    "act": r"\bACT\b|(?i:\bacceptance and commitment)",
    "psychodynamic": r"(?i:\bpsychodynamic|\bpsychoanaly|\banalytic therap)",
    "mbt": r"(?i:\bmbt\b|\bmentali[sz](?:ation|ing)[- ]based)",
    "cat": r"\bCAT\b|(?i:\bcognitive[- ]analytic)",
    "humanistic": r"(?i:\bhumanistic|\b(?:person|client)[- ]cent(?:re|er)ed|\brogerian|\bgestalt\b|\bexistential therap)",
    "eft": r"\bEFT\b|(?i:\bemotion(?:ally)?[- ]focus?sed)",
    "mi": r"\bMI\b|(?i:\bmotivational interview)",
    "schema": r"(?i:\bschema)",
    "couples": r"(?i:\bcouples?\b|\bmarital\b|\bmarriage (?:therap|counsel)|\bboth partners\b)",
    "family": r"(?i:\bfamily (?:therap|session|work|meeting)|\bwhole family\b|\bfamilies\b)",
    "group": r"(?i:\bgroup (?:therap|session|member|work)|\b(?:in|my|the) group\b|\bgroups\b)",
}
_MODALITY_PATTERNS = {name: re.compile(pattern) for name, pattern in _MODALITY_WORDS.items()}

MODALITIES: tuple[str, ...] = tuple(_MODALITY_WORDS)


def modality_in(text: str) -> str | None:
    """The modality named first in `text`, if one is."""
    found = ((match.start(), name) for name, pattern in _MODALITY_PATTERNS.items() if (match := pattern.search(text)))
    return min(found, default=(0, None))[1]
