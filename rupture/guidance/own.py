"""Documents a user adds: kept as text in a folder of their own, searched apart from the curated guidance and always labelled.

Nothing else is made of them: no index on disk, no copy in the cache. Removing the file removes the document.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from rupture.errors import CorpusError
from rupture.guidance.own_files import text_of
from rupture.guidance.values import Guidance, Passage, PassageRole
from rupture.guidance.wording import sentences

PREFIX = "own-"
"""Begins the id of every such document; no curated one has it."""
_WORDS = 170
"""About as many words as a curated passage has at most; paragraphs are gathered up to here."""
_MOST_WORDS = 100_000
_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*\s*")


def add(folder: Path, file: Path) -> str:
    """Keeps the text of `file` (Markdown, text, DOCX, PDF) in `folder`; its id.

    CorpusError when it cannot be read or kept, holds no passage, is too long, or when a document of that name is there already.
    """
    name = PREFIX + (re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", file.stem).casefold()).strip("-") or "document")
    text = text_of(file)
    words = len(text.split())
    if words > _MOST_WORDS:
        raise CorpusError(f"{file.name}: found {words:,} words, at most {_MOST_WORDS:,} are taken; split it")
    if not any(_parts(text)):
        raise CorpusError(f"{file.name}: found no text under its headings (a scanned page holds none); give a file with text")
    target = folder / f"{name}.txt"
    if target.exists():
        raise CorpusError(f"{name}: a document of this name is there already. Remove it first: rupture guidance remove {name}")
    part = target.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.touch(mode=0o600)
        part.write_text(f"{file.stem}\n{text}\n", encoding="utf-8", newline="\n")
        part.replace(target)
    except OSError as error:
        raise CorpusError(f"{name}: cannot be kept in {folder} ({error.strerror or type(error).__name__})") from error
    finally:
        part.unlink(missing_ok=True)
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
    """Paragraphs and heading lines; of a paragraph that is too long runs of sentences, of a sentence that is runs of words."""
    for paragraph in re.split(r"\n\s*\n|\n(?=#)|(?<=\n)(?=#)", text):
        first, _, rest = paragraph.strip().partition("\n")
        lines = [first, rest] if _HEADING.fullmatch(first) else [paragraph.strip()]
        for block in filter(None, map(str.strip, lines)):
            yield from [block] if len(block.split()) <= _WORDS else _runs(block)


def _runs(block: str) -> Iterator[str]:
    run: list[str] = []
    for sentence in sentences(block):
        words = sentence.split()
        if run and len(run) + len(words) > _WORDS:
            yield " ".join(run)
            run = []
        run += words
        while len(run) > _WORDS:
            yield " ".join(run[:_WORDS])
            run = run[_WORDS:]
    if run:
        yield " ".join(run)
