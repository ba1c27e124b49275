"""A folder of sessions whose scores are known."""

import json

import pytest

from tests.scores.builders import TEXT

TURNS = [{"role": role, "text": line[3:]} for role, line in zip(["therapist", "client"] * 3, TEXT.splitlines(), strict=True)]


@pytest.fixture
def sessions(tmp_path):
    """Writes a JSONL file with a session for each id, and gives its path."""

    def write(ids, name="in.jsonl", extra=""):
        file = tmp_path / "inputs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps({"id": id, "turns": TURNS}) + "\n" for id in ids) + extra, encoding="utf-8")
        return file

    return write
