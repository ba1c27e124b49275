"""An Analysis for ELAN: EAF 3.0, for each speaker a tier with the words and below it one with the codes.

After the ELAN Annotation Format of The Language Archive, Max Planck Institute for Psycholinguistics (mpi.nl/tools/elan:
EAF_Annotation_Format_3.0_and_ELAN.pdf, EAFv3.0.xsd). A code is an annotation of its own, a symbolic subdivision of its turn, with
the codebook as controlled vocabulary. The date of the document is fixed, so that the same analysis gives the same file. Knows no
other export.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rupture.analysis import Analysis
from rupture.codebook import CODES
from rupture.exports.stretches import without_controls
from rupture.transcript import Turn, clean_speaker_names

_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_DOCUMENT = {
    "AUTHOR": "rupture",
    "DATE": "1970-01-01T00:00:00+00:00",
    "FORMAT": "3.0",
    "VERSION": "3.0",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:noNamespaceSchemaLocation": _SCHEMA,
}
_WORDS, _CODES, _SUBDIVISION, _LANGUAGE = "Words", "Rupture", "Symbolic_Subdivision", "eng"
_SECOND = 1000


def elan(analysis: Analysis) -> bytes:
    """The document, in UTF-8. A turn lasts until the next one starts. The header's property `rupture:times` says how many turns
    have times of the transcript; the others lie evenly between those, or take a second each where nothing follows."""
    turns = analysis.transcript.turns
    begins, known = _begins(turns)
    root = Element("ANNOTATION_DOCUMENT", _DOCUMENT)
    header = SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    times = SubElement(root, "TIME_ORDER")
    for index, (begin, end) in enumerate(pairwise(begins)):
        SubElement(times, "TIME_SLOT", TIME_SLOT_ID=_slot(index, 1), TIME_VALUE=str(begin))
        SubElement(times, "TIME_SLOT", TIME_SLOT_ID=_slot(index, 2), TIME_VALUE=str(end))
    last = _tiers(root, analysis)
    _property(header, "rupture:session", analysis.transcript.id)
    _property(
        header, "rupture:times", f"{known} of {len(turns)} turns have times from the transcript; those of others are placeholders"
    )
    _property(header, "lastUsedAnnotationId", str(last))
    _types(root)
    indent(root)
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _begins(turns: Sequence[Turn]) -> tuple[list[int], int]:
    """Where each turn begins and, last, where the session ends, in milliseconds, each later than the one before; and how many
    of them are the transcript's own. A time that leaves the turns before it no millisecond each is passed over."""
    known: dict[int, int] = {}
    latest, value = -1, -1
    for turn in turns:
        if turn.start is not None and (start := round(turn.start * _SECOND)) - value >= turn.index - latest:
            latest, value = turn.index, start
            known[latest] = value
    fixed = {0: 0, **known}
    fixed[len(turns)] = fixed[max(fixed)] + _SECOND * (len(turns) - max(fixed))
    stretches = pairwise(sorted(fixed.items()))
    begins = [a + (k - i) * (b - a) // (j - i) for (i, a), (j, b) in stretches for k in range(i, j)]
    return [*begins, fixed[len(turns)]], len(known)


def _tiers(root: Element, analysis: Analysis) -> int:
    """Adds the tiers of each speaker and gives the number of the last annotation. Those of turns come first, from 1."""
    turns = analysis.transcript.turns
    codes = {finding.turn: finding.codes for finding in analysis.findings}
    last = len(turns)
    for speaker, name in clean_speaker_names(analysis.transcript).items():
        theirs = [turn for turn in turns if turn.speaker == speaker]
        words = SubElement(root, "TIER", TIER_ID=name, PARTICIPANT=name, LINGUISTIC_TYPE_REF=_WORDS)
        for turn in theirs:
            times = {"TIME_SLOT_REF1": _slot(turn.index, 1), "TIME_SLOT_REF2": _slot(turn.index, 2)}
            _annotation(words, "ALIGNABLE_ANNOTATION", {"ANNOTATION_ID": _id(turn.index + 1), **times}, turn.text)
        coded = SubElement(
            root, "TIER", TIER_ID=f"{_CODES}@{name}", PARTICIPANT=name, PARENT_REF=name, LINGUISTIC_TYPE_REF=_CODES
        )
        if analysis.model:
            coded.set("ANNOTATOR", analysis.model.id)
        for turn in theirs:
            last = _subdivide(coded, turn, codes.get(turn.index, ()), last)
    return last


def _subdivide(tier: Element, turn: Turn, codes: Iterable[str], last: int) -> int:
    """Adds an annotation for each code below that of `turn`, numbered from `last` on; gives the last number."""
    before: dict[str, str] = {}
    for code in codes:
        last += 1
        reference = {"ANNOTATION_ID": _id(last), "ANNOTATION_REF": _id(turn.index + 1), "CVE_REF": _entry(code)}
        _annotation(tier, "REF_ANNOTATION", reference | before, code)
        before = {"PREVIOUS_ANNOTATION": _id(last)}
    return last


def _annotation(tier: Element, kind: str, attributes: Mapping[str, str], value: str) -> None:
    annotation = SubElement(SubElement(tier, "ANNOTATION"), kind, dict(attributes))
    SubElement(annotation, "ANNOTATION_VALUE").text = without_controls(value)


def _types(root: Element) -> None:
    """What the tiers refer to: their types, the language and constraint of these, and the codebook as a vocabulary."""
    SubElement(root, "LINGUISTIC_TYPE", LINGUISTIC_TYPE_ID=_WORDS, TIME_ALIGNABLE="true", GRAPHIC_REFERENCES="false")
    below = {"CONSTRAINTS": _SUBDIVISION, "CONTROLLED_VOCABULARY_REF": _CODES}
    SubElement(root, "LINGUISTIC_TYPE", below, LINGUISTIC_TYPE_ID=_CODES, TIME_ALIGNABLE="false", GRAPHIC_REFERENCES="false")
    SubElement(root, "LANGUAGE", LANG_ID=_LANGUAGE, LANG_LABEL="English (eng)")
    SubElement(root, "CONSTRAINT", STEREOTYPE=_SUBDIVISION, DESCRIPTION="Parts of one parent annotation, in order, without times")
    vocabulary = SubElement(root, "CONTROLLED_VOCABULARY", CV_ID=_CODES)
    SubElement(vocabulary, "DESCRIPTION", LANG_REF=_LANGUAGE).text = "Markers of rupture and strategies of repair, after the 3RS"
    for row in CODES:
        entry = SubElement(vocabulary, "CV_ENTRY_ML", CVE_ID=_entry(row.code))
        SubElement(entry, "CVE_VALUE", LANG_REF=_LANGUAGE, DESCRIPTION=row.label).text = row.code


def _property(header: Element, name: str, value: str) -> None:
    SubElement(header, "PROPERTY", NAME=name).text = without_controls(value)


def _slot(turn: int, edge: int) -> str:
    """The start (1) or end (2) of a turn. Turns share no slot, since ELAN moves whatever stands on one together."""
    return f"ts{2 * turn + edge}"


def _id(number: int) -> str:
    return f"a{number}"


def _entry(code: str) -> str:
    return f"cve-{code}"
