"""Reads and checks the corpus folder (`corpus/README.md` is the format) into `Guidance`.

`load` raises at the first problem, `check` lists them all; each names file, line and problem. The folder holds `guidance/*.md`,
`references.yaml` and, if there are any, ratings (`first.csv`) and queries (`queries.jsonl`) of passages.
"""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rupture.errors import CorpusError
from rupture.guidance import sections
from rupture.guidance.frontmatter import FrontMatter, Problem, ReferenceEntry, checked, parse_yaml
from rupture.guidance.sections import Section
from rupture.guidance.values import Guidance, Passage, Reference
from rupture.guidance.vocabulary import ANY

WORDS = (250, 700)
"""How many words a document has, headings and front matter left out."""
_MAX_BYTES = 64_000
_MAX_TABLE = 4_000_000
_FENCE = "---"
_HIGHEST = 10


def load(folder: Path) -> Guidance:
    """The corpus in `folder`; CorpusError at the first problem."""
    guidance, problems = _read(folder)
    if problems:
        more = f" ({len(problems) - 1} more: rupture guidance check)" if len(problems) > 1 else ""
        raise CorpusError(f"{problems[0]}{more}")
    return guidance


def check(folder: Path) -> list[str]:
    """Every problem of the corpus, `file:line: problem`, in file order."""
    return [str(problem) for problem in _read(folder)[1]]


def _read(folder: Path) -> tuple[Guidance, list[Problem]]:
    files = sorted((folder / "guidance").glob("*.md"))
    references, problems = _references(folder / "references.yaml")
    if not files:
        problems.append(Problem(str(folder / "guidance"), 0, "found no files ID.md; is this the corpus folder?"))
    passages: dict[str, Passage] = {}
    fronts: dict[str, FrontMatter] = {}
    for file in files:
        front, parts, found = _document(file, references)
        problems += found
        if front and front.id in fronts:
            problems.append(Problem(str(file), 2, f"id {front.id!r} is already taken by another document; choose another"))
        elif front:
            fronts[front.id] = front
            passages |= _passages(front, parts)
    useful, found = _ratings(folder / "first.csv", passages)
    problems += found
    queries, unread = _queries(folder / "queries.jsonl", passages)
    problems += unread
    passages = {name: replace(p, useful=useful.get(name, {}), queries=queries.get(name, ())) for name, p in passages.items()}
    guidance = Guidance(
        passages=passages,
        references=references,
        digest=_digest([*files, *(folder / name for name in ("references.yaml", "first.csv", "queries.jsonl"))]),
        cautions={name: front.cautions for name, front in fronts.items()},
        mistaken_for={name: front.mistaken_for for name, front in fronts.items()},
        evidence={name: front.evidence for name, front in fronts.items()},
        components={name: tuple(front.components) for name, front in fronts.items()},
    )
    return guidance, problems


def _references(file: Path) -> tuple[dict[str, Reference], list[Problem]]:
    text, problems = _text(file)
    node, data, found = parse_yaml(text, str(file), 1) if text is not None else (None, None, [])
    problems += found
    if problems:
        return {}, problems
    if not isinstance(data, list) or node is None:
        return {}, [Problem(str(file), 1, "expected a list of references, '- key: …'")]
    references: dict[str, Reference] = {}
    for item_node, item in zip(node.value, data, strict=True):
        entry, found = checked(ReferenceEntry, item_node, item, str(file), 1)
        problems += found
        if entry and entry.key in references:
            problems.append(Problem(str(file), item_node.start_mark.line + 1, f"key {entry.key!r} is used more than once"))
        elif entry:
            references[entry.key] = Reference(**entry.model_dump())
    return references, problems


def _ratings(file: Path, passages: Mapping[str, Passage]) -> tuple[dict[str, dict[str, float]], list[Problem]]:
    """By passage and marker the mean of two ratings, as a share of 10. A corpus without ratings has none."""
    text, problems = _text(file, _MAX_TABLE) if file.exists() else ("", [])
    useful: dict[str, dict[str, float]] = {}
    for number, row in enumerate(csv.DictReader((text or "").splitlines()), start=2):
        try:
            marker, name, one, other = row["marker"], row["passage"], int(row["rater_1"]), int(row["rater_2"])
        except (KeyError, TypeError, ValueError):
            problems.append(Problem(str(file), number, "expected marker,passage,rater_1,rater_2 with ratings 0 to 10"))
            continue
        if (
            name not in passages
            or marker not in passages[name].markers
            or not 0 <= min(one, other) <= max(one, other) <= _HIGHEST
        ):
            problems.append(
                Problem(str(file), number, f"no passage {name!r} about {marker!r}, or a rating outside 0 to {_HIGHEST}")
            )
            continue
        useful.setdefault(name, {})[marker] = (one + other) / 2 / _HIGHEST
    return useful, problems


def _queries(file: Path, passages: Mapping[str, Passage]) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """By passage the queries that were written for it. A corpus without queries has none."""
    text, problems = _text(file, _MAX_TABLE) if file.exists() else ("", [])
    queries: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate((text or "").splitlines(), start=1):
        try:
            row = json.loads(line)
            name, query = row["passage"], str(row["query"])
        except (ValueError, KeyError, TypeError):
            problems.append(Problem(str(file), number, 'expected {"passage": "ID#n", "kind": …, "query": "…"}'))
            continue
        if name not in passages or query in queries.get(name, ()):
            problems.append(Problem(str(file), number, f"{name!r} is no passage, or has this query already"))
        queries[name] = (*queries.get(name, ()), query)
    return queries, problems


def _document(file: Path, references: dict[str, Reference]) -> tuple[FrontMatter | None, list[Section], list[Problem]]:
    text, problems = _text(file)
    if text is None:
        return None, [], problems
    lines = list(enumerate(text.splitlines(), start=1))
    ends = [number for number, line in lines if line.rstrip() == _FENCE][:2]
    if len(ends) < 2 or ends[0] != 1:
        text = f"expected front matter between two lines '{_FENCE}', the first of them on line 1"
        return None, [], [Problem(str(file), 1, text)]
    node, data, problems = parse_yaml("\n".join(line for _, line in lines[1 : ends[1] - 1]), str(file), 2)
    front = None
    if not problems:
        front, problems = checked(FrontMatter, node, data, str(file), 2)
    parts, found = sections.split(lines[ends[1] :], str(file))
    problems += found
    if front:
        problems += _front_problems(file, lines, front, references) + _narrowing_problems(file, front, parts)
    problems += _size_problems(file, parts, ends[1])
    return front, parts, sorted(problems, key=lambda problem: problem.line)


def _text(file: Path, most: int = _MAX_BYTES) -> tuple[str | None, list[Problem]]:
    """The file's text; None, and why, when it cannot be read or has more bytes than `most`."""
    try:
        data = file.read_bytes()
    except OSError as error:
        return None, [Problem(str(file), 0, f"cannot be read ({error.strerror}); expected a readable file")]
    if len(data) > most:
        return None, [Problem(str(file), 0, f"has {len(data)} bytes, at most {most} are read; split it")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Problem(str(file), data[: error.start].count(b"\n") + 1, "is not UTF-8; save it as UTF-8")]
    return text.replace("\r\n", "\n"), []


def _front_problems(
    file: Path, lines: list[tuple[int, str]], front: FrontMatter, references: dict[str, Reference]
) -> list[Problem]:
    def line_of(key: str) -> int:
        return next(number for number, line in lines if line.startswith(f"{key}:"))

    problems = []
    if front.id != file.stem:
        problems.append(Problem(str(file), line_of("id"), f"id is {front.id!r}, expected the file's name {file.stem!r}"))
    for key in front.references:
        if key not in references:
            problems.append(Problem(str(file), line_of("references"), f"reference {key!r} is not in references.yaml"))
        elif not references[key].shown:
            text = f"reference {key!r} is only recalled; verify it in references.yaml or leave it out"
            problems.append(Problem(str(file), line_of("references"), text))
    return problems


def _narrowing_problems(file: Path, front: FrontMatter, parts: list[Section]) -> list[Problem]:
    """Sections may narrow their document's markers and modality; no markers, or any modality, leave all of them open."""
    open_to_all = front.modality == [ANY]
    return [
        Problem(str(file), part.line, f"{name}: {value!r} is not among the document's ({', '.join(wide)}); add it there too")
        for part in parts
        for name, wide in (("markers", front.markers), ("modality", [] if open_to_all else front.modality))
        if wide
        for value in part.attributes.get(name, ())
        if value not in wide
    ]


def _size_problems(file: Path, parts: list[Section], line: int) -> list[Problem]:
    problems = []
    low, high = sections.COUNT
    if not low <= len(parts) <= high:
        problems.append(Problem(str(file), line, f"found {len(parts)} sections, expected {low} to {high}"))
    words = sum(len(part.text.split()) for part in parts)
    if not WORDS[0] <= words <= WORDS[1]:
        problems.append(Problem(str(file), line, f"found {words} words, expected {WORDS[0]} to {WORDS[1]}"))
    repeated = [heading for heading, count in Counter(part.heading for part in parts).items() if count > 1]
    return problems + [Problem(str(file), line, f"two sections have the heading {heading!r}") for heading in repeated]


def _passages(front: FrontMatter, parts: list[Section]) -> dict[str, Passage]:
    passages = {}
    for position, part in enumerate(parts, start=1):
        if part.role is None:
            continue
        stage = part.attributes.get("stage", (None,))
        passages[f"{front.id}#{position}"] = Passage(
            id=f"{front.id}#{position}",
            document=front.id,
            title=front.title,
            heading=part.heading,
            text=part.text,
            role=part.role,
            markers=part.attributes.get("markers") or tuple(front.markers),
            strategies=part.attributes.get("strategies", ()),
            modality=part.attributes.get("modality") or tuple(front.modality),
            topics=tuple(front.topics),
            stage=stage[0] if stage else None,
            references=tuple(front.references),
        )
    return passages


def _digest(files: list[Path]) -> str:
    """SHA-256 over names and bytes of the files in order of name, each with its length."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda path: path.name):
        data = file.read_bytes() if file.is_file() else b""
        for part in (file.name.encode(), data):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
