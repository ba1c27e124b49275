"""Documents a user adds: kept as text in a folder of their own, searched apart from the curated guidance and always labelled.

Nothing else is made of them: no index on disk, no copy in the cache. Removing the file removes the document.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from rupture.errors import CorpusError
from rupture.guidance.own_files import text_of
from rupture.guidance.values import Guidance, Passage, PassageRole

PREFIX = "own-"
"""Begins the id of every such document; no curated one has it."""
_WORDS = 170
"""About as many words as a curated passage has at most; paragraphs are gathered up to here, sentences never split."""
_MOST_WORDS = 100_000
_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


def add(folder: Path, file: Path) -> str:
    """Keeps the text of `file` (Markdown, text, DOCX, PDF) in `folder`; its id.

    CorpusError when it cannot be read, is empty or too long, or when a document of that name is there already.
    """
    name = PREFIX + (re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "document")
    text = text_of(file)
    words = len(text.split())
    if not 0 < words <= _MOST_WORDS:
        found = "no text (a scanned page holds none)" if not words else f"{words:,} words, at most {_MOST_WORDS:,} are taken"
        raise CorpusError(f"{file.name}: found {found}. Give a Markdown, text, DOCX or PDF file with text, or split it.")
    target = folder / f"{name}.txt"
    if target.exists():
        raise CorpusError(f"{name}: a document of this name is there already. Remove it first: rupture guidance remove {name}")
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_text(f"{file.stem}\n{text}\n", encoding="utf-8", newline="\n")
    part.replace(target)
    return name


def remove(folder: Path, name: str) -> None:
    """Deletes the document; CorpusError when there is none of that name."""
    if name not in names(folder):
        there = ", ".join(names(folder)) or "none"
        raise CorpusError(f"{name}: no document of this name was added. There are: {there}")
    (folder / f"{name}.txt").unlink()


def names(folder: Path) -> list[str]:
    """Ids of the documents that were added, in order."""
    return sorted(path.stem for path in folder.glob(f"{PREFIX}*.txt"))


def own_guidance(folder: Path) -> Guidance:
    """All of them as a guidance of their own, without markers, strategies or references."""
    passages = {}
    for name in names(folder):
        title, _, text = (folder / f"{name}.txt").read_text(encoding="utf-8").partition("\n")
        for number, (heading, body) in enumerate(_parts(text), start=1):
            passages[f"{name}#{number}"] = Passage(f"{name}#{number}", name, title, heading, body, PassageRole.OWN)
    return Guidance(passages, {}, digest="")


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Heading and text of passages: a Markdown heading begins a new one, so does the paragraph that would make one too long."""
    heading, gathered = "", ""
    for block in _blocks(text):
        match = _HEADING.fullmatch(block)
        longer = f"{gathered}\n\n{block}".strip()
        if match or len(longer.split()) > _WORDS:
            if gathered:
                yield heading, gathered
            heading, gathered = (match[1], "") if match else (heading, block)
        else:
            gathered = longer
    if gathered:
        yield heading, gathered


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs and heading lines; a paragraph that is too long comes in runs of sentences."""
    for paragraph in re.split(r"\n\s*\n|\n(?=#)|(?<=\n)(?=#)", text):
        first, _, rest = paragraph.strip().partition("\n")
        lines = [first, rest] if _HEADING.fullmatch(first) else [paragraph.strip()]
        for block in filter(None, map(str.strip, lines)):
            run: list[str] = []
            for sentence in _SENTENCE_END.split(block):
                if run and len(" ".join([*run, sentence]).split()) > _WORDS:
                    yield " ".join(run)
                    run = []
                run.append(sentence)
            yield " ".join(run)
