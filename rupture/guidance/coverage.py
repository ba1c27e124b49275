"""What the guidance covers, as tables: counted from its front matter and headings, written to `corpus/COVERAGE.md`. Pure."""

from collections.abc import Iterable, Sequence

from rupture.codebook import BY_CODE, MARKERS, STRATEGIES, Component
from rupture.guidance.topics import topics
from rupture.guidance.values import Guidance, Passage, PassageRole
from rupture.guidance.vocabulary import MODALITIES, REGISTERS, STAGES
from rupture.guidance.wording import wordings

_ADVICE = (PassageRole.DO, PassageRole.SAY)
Row = tuple[str, Sequence[int]]


def coverage(guidance: Guidance) -> str:
    """All tables, in Markdown; ends with a newline."""
    passages = list(guidance.passages.values())
    documents = {passage.document for passage in passages}
    parts = [
        "# What the guidance covers\n",
        f"{len(documents)} documents, {len(passages)} passages. Written by `rupture guidance coverage`; numbers are passages.\n",
        "## Markers by stage: what to do and to say\n",
        _table("marker", STAGES, marker_rows(passages)),
        "## Strategies: what, how, in which words, and what goes wrong\n",
        _table("strategy", ("to do", *(f"words, {name}" for name in REGISTERS), "goes wrong"), strategy_rows(passages)),
        "## Components, modalities and topics\n",
        _table("", ("passages", "documents"), [*_components(guidance), *_modalities(passages), *topic_rows(passages)]),
    ]
    return "\n".join(parts)


def marker_rows(passages: Iterable[Passage]) -> list[Row]:
    """By marker: how many passages say what to do or to say at each stage."""
    advice = [passage for passage in passages if passage.role in _ADVICE]
    return [(_named(code), [sum(code in p.markers and p.stage == stage for p in advice) for stage in STAGES]) for code in MARKERS]


def strategy_rows(passages: Sequence[Passage]) -> list[Row]:
    """By strategy: passages on what to do, example words by register, and passages on what goes wrong in documents about it."""
    rows: list[Row] = []
    for code in STRATEGIES:
        about = [p for p in passages if code in p.strategies]
        documents = {p.document for p in about}
        spoken = [register for p in about for register, _ in wordings(p)]
        wrong = sum(p.role is PassageRole.AVOID and p.document in documents for p in passages)
        rows.append((_named(code), [sum(p.role is PassageRole.DO for p in about), *map(spoken.count, REGISTERS), wrong]))
    return rows


def topic_rows(passages: Sequence[Passage]) -> list[Row]:
    """By topic: how many passages and documents are about it."""
    return [
        _counted(f"{topic.group}: {topic.title}", [p for p in passages if name in p.topics]) for name, topic in topics().items()
    ]


def _components(guidance: Guidance) -> list[Row]:
    return [
        _counted(f"component: {name}", [p for p in guidance.passages.values() if name in guidance.components[p.document]])
        for name in Component
    ]


def _modalities(passages: Sequence[Passage]) -> list[Row]:
    return [_counted(f"modality: {name}", [p for p in passages if name in p.modality]) for name in MODALITIES]


def _counted(title: str, passages: Sequence[Passage]) -> Row:
    return title, (len(passages), len({p.document for p in passages}))


def _named(code: str) -> str:
    return f"{code} {BY_CODE[code].label}"


def _table(first: str, columns: Sequence[str], rows: Iterable[Row]) -> str:
    lines = [[first, *(column.replace("_", " ") for column in columns)], ["---", *["---:"] * len(columns)]]
    lines += [[title, *map(str, counts)] for title, counts in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
