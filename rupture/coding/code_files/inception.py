"""Codes in INCEpTION's WebAnno TSV 3.3 as `rupture.exports.inception` writes it: a sentence a turn, which begins with who
speaks, and codes as spans of the layer `custom.Span`.

After "WebAnno TSV 3.3 File format" in INCEpTION's user guide. A file is one session by one coder and names neither.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from rupture.coding.code_files.marks import OWN, CodeFile, Mark, codes_in, place
from rupture.errors import CorpusError
from rupture.formats.roles import known_role
from rupture.transcript import Role, Transcript, Turn

_LAYER, _FEATURE = "custom.Span", "label"
_LAYERS = re.compile(r"#T_(?:SP|CH|RL)=(.*)")
_TOKEN = re.compile(r"(\d+)-\d+(?:\.\d+)?\t\d+-\d+\t")
_NUMBER = re.compile(r"\[\d+\]$")
_NOTHING = ("_", "*", "")
_ESCAPED = re.compile(r"\\(.)")
_EXPECTED = f"expected WebAnno TSV 3.3 with the layer {_LAYER} and its feature {_FEATURE}"


def read_inception(path: Path) -> CodeFile:
    """The codes in the file; CorpusError when it is of another kind, or a line is not of the format."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); {_EXPECTED}") from None
    except UnicodeDecodeError:
        raise CorpusError(f"{path}: is not UTF-8; {_EXPECTED}") from None
    column = _column(path, lines)
    turns: list[Turn] = []
    marks: list[Mark] = []
    text: list[str] = []
    codes: dict[str, None] = {}
    start = 0
    for number, line in enumerate([*lines, ""], start=1):
        if line.startswith("#Text="):
            start = start or number
            text.append(_unescaped(line.removeprefix("#Text=")))
        elif line.strip() and not line.startswith("#"):
            codes |= dict.fromkeys(_labels(path, number, line, len(turns), column))
        elif not line.strip() and text:
            turn = _turn(len(turns), "\n".join(text), start)
            turns.append(turn)
            marks.append(Mark(place(path, start), OWN, OWN, turn.index, tuple(codes)))
            text, codes, start = [], {}, 0
    return CodeFile(tuple(marks), (), {OWN: Transcript(OWN, tuple(turns))})


def _column(path: Path, lines: Sequence[str]) -> int:
    """Which column of a token's line holds the codes."""
    if not lines[0].startswith("#FORMAT=WebAnno TSV 3"):
        raise CorpusError(f"{path}:1: {_EXPECTED}")
    column = 3
    for line in lines:
        if match := _LAYERS.match(line):
            layer, *features = match[1].split("|")
            if layer == _LAYER and _FEATURE in features:
                return column + features.index(_FEATURE)
            column += len(features) or 1
    raise CorpusError(f"{path}: has no layer {_LAYER} with the feature {_FEATURE}; {_EXPECTED}")


def _labels(path: Path, number: int, line: str, turn: int, column: int) -> list[str]:
    """The codes on a token; most have none."""
    match, cells = _TOKEN.match(line), line.split("\t")
    if not match or int(match[1]) != turn + 1 or len(cells) <= column:
        raise CorpusError(f"{path}:{number}: not a token of sentence {turn + 1}; {_EXPECTED}")
    labels = (_NUMBER.sub("", label) for label in cells[column].split("|"))
    return [code for label in labels if label not in _NOTHING for code in codes_in(_unescaped(label))]


def _turn(index: int, sentence: str, line: int) -> Turn:
    speaker, _, words = sentence.partition(": ")
    return Turn(index, speaker, known_role(speaker) or Role.OTHER, words, line)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\t" if match[1] == "t" else match[1], text)
