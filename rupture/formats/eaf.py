"""ELAN documents (EAF): a turn for each annotation of a speaker's tier, in order of time. Tiers below others hold codes, notes.

After the ELAN Annotation Format of The Language Archive, Max Planck Institute for Psycholinguistics (EAF_Annotation_Format_3.0).
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from rupture.errors import UnreadableTranscript
from rupture.formats.blocks import Aside, Document, Table
from rupture.formats.parsed import DocumentFormat

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HEADER = ("speaker", "start", "text")
_ROOT = "ANNOTATION_DOCUMENT"


class _Annotation(NamedTuple):
    start: float
    position: int
    speaker: str
    text: str


def extract(data: bytes) -> Document:
    """A table of speaker, start in seconds and words; what stands on tiers below others is set aside."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise UnreadableTranscript(
            "the file declares XML entities, which no ELAN document needs. Save it again from ELAN."
        ) from None
    if root.tag != _ROOT:
        raise UnreadableTranscript("found XML that is no ELAN document. Export the transcript as text or EAF.")
    times = {slot.get("TIME_SLOT_ID", ""): _seconds(slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")}
    spoken: list[_Annotation] = []
    asides: list[Aside] = []
    for tier in root.iter("TIER"):
        if tier.get("PARENT_REF"):
            asides += [Aside(text, "on a tier below a speaker's") for _, text in _values(tier, times) if text]
        else:
            speaker = tier.get("PARTICIPANT") or tier.get("TIER_ID") or ""
            spoken += [_Annotation(start, len(spoken) + i, speaker, text) for i, (start, text) in enumerate(_values(tier, times))]
    rows = [[a.speaker, str(a.start), a.text] for a in sorted(spoken)]
    return Document((Table([list(HEADER), *rows]), *asides))


def _values(tier: "Element", times: Mapping[str, float | None]) -> Iterator[tuple[float, str]]:
    """Start and words of each annotation; one without a time stands where the one before it does."""
    start = 0.0
    for annotation in tier.iter("ANNOTATION"):
        for kind in annotation:
            found = times.get(kind.get("TIME_SLOT_REF1", ""))
            start = start if found is None else found
            yield start, "".join(kind.itertext()).strip()


def _seconds(milliseconds: str | None) -> float | None:
    return int(milliseconds) / 1000 if milliseconds and milliseconds.isascii() and milliseconds.isdigit() else None


def _recognises(data: bytes) -> bool:
    return f"<{_ROOT}".encode() in data[:4_000] or f"<{_ROOT}".encode("utf-16-le") in data[:8_000]


EAF = DocumentFormat("ELAN", (".eaf",), _recognises, extract)
