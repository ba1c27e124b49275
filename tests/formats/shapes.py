"""What the tests of reading share: a reading in short, and where the fixtures are."""

import os
from pathlib import Path

from rupture.formats import Reading, read

FIXTURES = Path(__file__).parents[1] / "data" / "transcripts"

EXAMPLES = 2_000 if os.environ.get("RUPTURE_ASSURANCE") else 150
"""Examples of each property: more in `make assurance`."""
FEWER = EXAMPLES if EXAMPLES > 1_000 else 60
"""Examples where one takes long."""

Short = list[tuple[str, str]]


def short(found: Reading) -> Short:
    """Speaker and words of each turn."""
    return [(turn.speaker, turn.text) for turn in found.transcript.turns]


def said(text: str) -> Short:
    """The same for pasted text."""
    return short(read(text))
