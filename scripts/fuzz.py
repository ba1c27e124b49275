"""Coverage-guided fuzzing of every hand-written parser: `python scripts/fuzz.py --seconds 120`.

Each target has its share of the time in a process of its own (atheris, which is libFuzzer). It starts from the inputs in
`tests/data/fuzz/<target>.txt` (one a line, in base64) and the fixtures that fit, and fails on any exception but RuptureError and
on a reading that breaks its own rules. Whatever adds coverage goes to the folder `--keep` names; what fails goes below it to
`crashes/`, and the exit status is 1. `--save` writes some of them back to `tests/data/fuzz`.
"""

import argparse
import base64
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rupture.formats import Reading

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "data" / "transcripts"
CORPUS = ROOT / "tests" / "data" / "fuzz"
LONGEST = 4_096
"""Bytes of an input."""
LONGEST_SAVED, MOST_SAVED = 500, 50
"""Bytes of an input and inputs of a target that are kept."""

SUFFIXES = {
    "labelled": (".txt", ".md"),
    "captions": (".vtt", ".srt"),
    "chat-file": (".cha",),
    "teams": (".txt",),
    "table": (".csv", ".tsv"),
    "json": (".json", ".jsonl"),
    "elan": (".eaf",),
    "html": (".html", ".htm"),
    "printed": (".txt",),
    "bytes": (".txt",),
    "chat-box": (".txt", ".json", ".vtt"),
    "corpus": (".jsonl",),
    "codes": (".csv", ".json", ".eaf"),
    "cases": (".csv", ".jsonl"),
}
"""Targets, and which fixtures each starts from."""
READ_AS = {"corpus": ".jsonl", "codes": ".csv", "cases": ".csv"}
"""Targets that are read from a file, and what it is called; of the cases, those that start like JSON are JSONL."""


def check(found: "Reading") -> None:
    """What any reading has to be."""
    turns = found.transcript.turns
    expect([turn.index for turn in turns] == list(range(len(turns))), "turns are counted from 0")
    expect(set(found.reasons) == set(found.transcript.speakers), "each speaker has a reason")
    expect(all(turn.speaker.strip() for turn in turns), "each turn has a speaker")


def expect(holds: bool, what: str) -> None:
    """A crash, for the fuzzer, when it does not hold."""
    if not holds:
        raise AssertionError(what)


def targets() -> dict[str, Callable[[bytes], None]]:
    """What each target does with some bytes."""
    from rupture.formats import html_pages, read, split_question
    from rupture.formats.blocks import Document, from_json, to_json
    from rupture.formats.cleaning import decode
    from rupture.formats.documents import parsed_document
    from rupture.formats.eaf import extract as elan
    from rupture.formats.labelled import LABELLED
    from rupture.formats.printed import arranged
    from rupture.formats.reading import DOCUMENTS, document_in, read_bytes, reading
    from rupture.formats.teams_text import TEAMS_TEXT

    def text(name: str) -> Callable[[bytes], None]:
        def run(data: bytes) -> None:
            pasted = data.decode("utf-8", "surrogateescape")
            if document_in(pasted) is None:  # the source of a document is another target's
                check(read(pasted, name=name))

        return run

    def document(extract: Callable[[bytes], Document]) -> Callable[[bytes], None]:
        def run(data: bytes) -> None:
            found = extract(data)
            expect(from_json(to_json(found)) == found, "blocks pass as JSON")
            check(reading("x", LABELLED, parsed_document(found, LABELLED.parse)))

        return run

    def pages(data: bytes) -> Document:
        lines = [
            [line.strip() for line in page.split("\n") if line.strip()] for page in data.decode("utf-8", "replace").split("\f")
        ]
        return arranged(lines)

    def some_bytes(data: bytes) -> None:
        if not any(chosen.recognises(data) for chosen in DOCUMENTS) and document_in(decode(data)[0]) is None:
            check(read_bytes(data, id="x", name="a.log"))

    def box(data: bytes) -> None:
        pasted = data.decode("utf-8", "surrogateescape")
        question, transcript = split_question(pasted)
        expect(bool(question or transcript) or not (pasted.strip() and pasted.isprintable()), "nothing is lost")

    return {
        "labelled": text("a.txt"),
        "captions": text("a.vtt"),
        "chat-file": text("a.cha"),
        "teams": lambda data: check(reading("x", TEAMS_TEXT, TEAMS_TEXT.parse(data.decode("utf-8", "replace")))),
        "table": text("a.csv"),
        "json": text("a.json"),
        "elan": document(elan),
        "html": document(html_pages.extract),
        "printed": document(pages),
        "bytes": some_bytes,
        "chat-box": box,
        **targets_of_files(),
    }


def targets_of_files() -> dict[str, Callable[[bytes], None]]:
    """Targets for what reads a file in pieces, or only from a disk."""
    from rupture.coding.case_sets import read_cases
    from rupture.coding.code_files.reading import read_codes
    from rupture.errors import RuptureError
    from rupture.formats import read_many

    def filed(target: str, action: Callable[[Path], None]) -> Callable[[bytes], None]:
        def run(data: bytes) -> None:
            suffix = ".jsonl" if data.startswith(b"{") and target == "cases" else READ_AS[target]
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder, f"a{suffix}")
                file.write_bytes(data)
                action(file)

        return run

    def corpus(file: Path) -> None:
        for source in read_many(file):
            with suppress(RuptureError):
                check(source.read())

    def cases(file: Path) -> None:
        found = read_cases(file)
        expect(all(found[id].transcript.id == id for id in found), "a session is found under its id")

    def codes(file: Path) -> None:
        expect(all(one.where for one in read_codes(file).entries), "each entry has a place")

    return {"corpus": filed("corpus", corpus), "codes": filed("codes", codes), "cases": filed("cases", cases)}


def allowed(target: str) -> tuple[type[Exception], ...]:
    """A refusal in words; where a parser always runs in a process of its own, also what is caught there."""
    from xml.etree.ElementTree import ParseError

    from rupture.errors import RuptureError

    return (RuptureError, ParseError, ValueError, LookupError) if target == "elan" else (RuptureError,)


def fuzz(target: str, arguments: list[str]) -> None:
    """The process of one target; does not return."""
    import atheris

    with atheris.instrument_imports(include=["rupture.formats", "rupture.coding"]):
        import rupture.coding.case_sets
        import rupture.coding.code_files.reading
        import rupture.formats.reading  # noqa: F401
    action, refusals = targets()[target], allowed(target)

    def one(data: bytes) -> None:
        with suppress(*refusals):
            action(data)

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def fuzzed(target: str, seconds: int, keep: Path) -> tuple[int, int]:
    """Executions and crashes of `target` in that time; new inputs and crashes go below `keep`."""
    new, crashes = keep / target, keep / "crashes"
    for folder in (new, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as seeds:
        for path in FIXTURES.rglob("*"):
            if path.suffix in SUFFIXES[target] and path.stat().st_size <= LONGEST:
                (Path(seeds) / path.name).write_bytes(path.read_bytes())
        options = [
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
        ]
        for number, data in enumerate(saved(target)):
            (Path(seeds) / str(number)).write_bytes(data)
        done = start(target, [*options, f"-artifact_prefix={crashes / target}-", str(new), seeds])
    match = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    if done.returncode or match is None:
        sys.stdout.write(done.stderr[-3_000:] + "\n")
    return int(match[1]) if match else 0, int(done.returncode != 0)


def start(target: str, arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    """libFuzzer for `target`, in a process of its own."""
    command = [sys.executable, __file__, "--one", target, *arguments]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


def saved(target: str) -> list[bytes]:
    """The inputs kept for `target`."""
    file = CORPUS / f"{target}.txt"
    return [base64.b64decode(line) for line in file.read_text().splitlines()] if file.is_file() else []


def save(target: str, found: Path) -> None:
    """Keeps some of the inputs in `found`, each of which covered something new, from the smallest to the largest."""
    small = {data for path in found.iterdir() if len(data := path.read_bytes()) <= LONGEST_SAVED}
    inputs = sorted(small | set(saved(target)), key=lambda data: (len(data), data))
    chosen = inputs[:: max(1, -(-len(inputs) // MOST_SAVED))]
    CORPUS.mkdir(parents=True, exist_ok=True)
    lines = [base64.b64encode(data).decode() for data in chosen]
    (CORPUS / f"{target}.txt").write_text("".join(f"{line}\n" for line in lines))


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        fuzz(sys.argv[2], sys.argv[3:])
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=120, help="for all targets together")
    options.add_argument("--target", choices=sorted(SUFFIXES), action="append", help="only this one; may be repeated")
    options.add_argument("--keep", type=Path, help="folder for new inputs and crashes; without it they go when the run ends")
    options.add_argument("--save", action="store_true", help="keep the smallest inputs in tests/data/fuzz")
    options.add_argument("--json", type=Path, help="write the figures there")
    chosen = options.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write("fuzzing needs atheris, which not every machine can build: pip install atheris\n")
        return 2
    names = chosen.target or sorted(SUFFIXES)
    seconds = max(1, chosen.seconds // len(names))
    with tempfile.TemporaryDirectory() as folder:
        keep = chosen.keep or Path(folder)
        figures = {}
        for target in names:
            executions, crashes = fuzzed(target, seconds, keep)
            if chosen.save:
                save(target, keep / target)
            figures[target] = {"seconds": seconds, "executions": executions, "crashes": crashes}
            sys.stdout.write(f"{target:10} {seconds:5} s {executions:10,} executions {crashes} crashes\n")
            sys.stdout.flush()
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(any(row["crashes"] for row in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
