"""Codes in an ELAN document (EAF) as `rupture.exports.elan` writes it: below the tier with a speaker's words, a tier
`Rupture@SPEAKER` whose annotations are codes.

A second coder in the same document adds tiers `Rupture@SPEAKER@CODER`. Turns are the annotations of the speakers' tiers in order
of time. No entity or document type is let in (defusedxml), since these files come from elsewhere.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from rupture.coding.code_files.marks import OWN, CodeFile, Mark, codes_in
from rupture.errors import CorpusError, UnreadableTranscript
from rupture.formats.cleaning import check_bytes
from rupture.formats.roles import known_role
from rupture.transcript import Role, Transcript, Turn

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PREFIX = "Rupture@"
_EXPECTED = "expected an ELAN document exported by rupture, with tiers Rupture@SPEAKER below those of the speakers"


def read_elan(path: Path) -> CodeFile:
    """The codes of every coder in the document; CorpusError when it is no EAF, or has no tier of codes."""
    root = _root(path)
    tiers = [tier for tier in root.iter("TIER") if tier.get("TIER_ID", "").startswith(_PREFIX)]
    if root.tag != "ANNOTATION_DOCUMENT" or not tiers:
        raise CorpusError(f"{path}: {_EXPECTED}")
    session = next((p.text or OWN for p in root.iter("PROPERTY") if p.get("NAME") == "rupture:session"), OWN)
    turns = _turns(path, root, {tier.get("PARENT_REF", "") for tier in tiers})
    given: dict[str, dict[int, list[tuple[str, str]]]] = {}
    for tier in tiers:
        of_coder = given.setdefault(_coder(tier), {})
        for number, index, value in _codes(path, tier, {name: turn.index for name, turn in turns.items()}):
            of_coder.setdefault(index, []).append((number, value))
    marks = []
    for coder, by_turn in given.items():
        for turn in turns.values():
            found = by_turn.get(turn.index, [])
            where = f"{path}: annotation {found[0][0]}" if found else str(path)
            codes = dict.fromkeys(code for _, value in found for code in codes_in(value))
            marks.append(Mark(where, coder, session, turn.index, tuple(codes)))
    return CodeFile(tuple(marks), (), {session: Transcript(session, tuple(turns.values()))})


def _root(path: Path) -> "Element":
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        data = path.read_bytes()
        check_bytes(data)
        root: Element = fromstring(data, forbid_dtd=True)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); {_EXPECTED}") from None
    except ParseError as error:
        raise CorpusError(f"{path}:{error.position[0]}: is not well-formed XML; {_EXPECTED}") from None
    except DefusedXmlException:
        raise CorpusError(f"{path}: has a document type or entities, which no ELAN document has; {_EXPECTED}") from None
    except UnreadableTranscript as error:
        raise CorpusError(f"{path}: {error}") from None
    except (LookupError, ValueError):
        raise CorpusError(f"{path}: names an encoding that cannot be read; save it as UTF-8; {_EXPECTED}") from None
    return root


def _turns(path: Path, root: "Element", speakers: set[str]) -> dict[str, Turn]:
    """The turns in order of time, by the id of their annotation."""
    times = {slot.get("TIME_SLOT_ID", ""): _milliseconds(slot.get("TIME_VALUE", "")) for slot in root.iter("TIME_SLOT")}
    order = count()
    found = [
        (times.get(annotation.get("TIME_SLOT_REF1", ""), -1), next(order), annotation, tier.get("TIER_ID", ""))
        for tier in root.iter("TIER")
        if tier.get("TIER_ID") in speakers
        for annotation in tier.iter("ALIGNABLE_ANNOTATION")
    ]
    if any(time < 0 for time, *_ in found):
        raise CorpusError(
            f"{path}: an annotation of a speaker has no time in milliseconds, so the order of turns is not known; {_EXPECTED}"
        )
    return {
        annotation.get("ANNOTATION_ID", ""): Turn(index, speaker, known_role(speaker) or Role.OTHER, _value(annotation))
        for index, (_, _, annotation, speaker) in enumerate(sorted(found, key=lambda entry: entry[:2]))
    }


def _milliseconds(text: str) -> int:
    """-1 for what is no time."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else -1


def _coder(tier: "Element") -> str:
    """Whoever the tier's name names beside the speaker."""
    names = tier.get("TIER_ID", "").removeprefix(_PREFIX).split("@")
    return "@".join(name for name in names if name != tier.get("PARENT_REF"))


def _codes(path: Path, tier: "Element", turns: Mapping[str, int]) -> Iterator[tuple[str, int, str]]:
    """The id, turn and value of each annotation."""
    for annotation in tier.iter():
        if annotation.tag in ("REF_ANNOTATION", "ALIGNABLE_ANNOTATION"):
            number, turn = annotation.get("ANNOTATION_ID", ""), annotation.get("ANNOTATION_REF", "")
            if turn not in turns:
                raise CorpusError(f"{path}: annotation {number} of tier {tier.get('TIER_ID')} belongs to no turn; {_EXPECTED}")
            yield number, turns[turn], _value(annotation)


def _value(annotation: "Element") -> str:
    return annotation.findtext("ANNOTATION_VALUE") or ""
