"""What the tests of reading share: a reading in short, and where the fixtures are."""

from pathlib import Path

from rupture.formats import Reading, read

FIXTURES = Path(__file__).parents[1] / "data" / "transcripts"

Short = list[tuple[str, str]]


def short(found: Reading) -> Short:
    """Speaker and words of each turn."""
    return [(turn.speaker, turn.text) for turn in found.transcript.turns]


def said(text: str) -> Short:
    """The same for pasted text."""
    return short(read(text))
