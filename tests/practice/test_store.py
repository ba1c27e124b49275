"""What is kept: added line by line for its owner alone, damage survived and said, and nothing left once forgotten."""

import json
import os
from dataclasses import replace

import pytest

from rupture.practice.attempt import with_reply
from rupture.practice.returning import Answer
from rupture.practice.store import Kept, PracticeStoreError, forget, keep, kept

from .small import AT, attempted

ANSWER = Answer(("W5", None), "x9-01", 1, ("W5",), True, AT)


@pytest.fixture
def attempt():
    return replace(with_reply(attempted("x9-01", 8, {1: ["W5"]}), 3, "Let's drop it — “then”."), ended=AT)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "practice.jsonl"


def test_nothing_is_there_before_something_is_kept(file):
    assert kept(file) == Kept()
    assert not file.parent.exists()


def test_what_is_kept_comes_back_in_order(file, attempt):
    other = replace(attempt, session="x9-02")
    for entry in (attempt, ANSWER, other):
        keep(file, entry)
    assert kept(file) == Kept((attempt, other), (ANSWER,))
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owner bits")
def test_only_the_owner_may_read_it(file, attempt):
    keep(file, attempt)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    file.chmod(0o644)
    keep(file, attempt)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"",
        b"[]",
        b"3",
        b"\xff\xfe",
        b'{"kind": "note"}',
        b'{"kind": "attempt"}',
        b'{"kind": "answer", "pair": ["W5"], "session": "a", "turn": 1, "codes": [], "right": true, "at": ""}',
        b'{"kind": "answer", "pair": ["X1", null], "session": "a", "turn": 1, "codes": [], "right": true, "at": ""}',
    ],
)
def test_a_damaged_line_is_left_out_and_its_number_said(file, attempt, line):
    keep(file, attempt)
    with file.open("ab") as end:
        end.write(line + b"\n")
    keep(file, ANSWER)
    assert kept(file) == Kept((attempt,), (ANSWER,), (2,))


def test_an_attempt_with_an_impossible_value_is_damage_and_no_crash(file, attempt):
    keep(file, attempt)
    good = json.loads(file.read_text(encoding="utf-8"))
    row = good["turns"][0]
    for change in (
        {"read": -1}, {"read": "x"}, {"mode": "fast"}, {"begun": ""}, {"turns": 3}, {"turns": [3]},
        {"turns": [row | {"codes": [["W5"]]}]}, {"turns": [row | {"sure": 9}]}, {"turns": [row | {"turn": "a"}]},
    ):  # fmt: skip
        file.write_text(json.dumps(good | change) + "\n", encoding="utf-8")
        assert kept(file) == Kept(damaged=(1,))


def test_a_line_cut_off_by_a_crash_spoils_no_other(file, attempt):
    keep(file, attempt)
    file.write_bytes(file.read_bytes()[:-20])
    keep(file, ANSWER)
    assert kept(file) == Kept((), (ANSWER,), (1,))


def test_forgetting_writes_over_the_file_and_deletes_it(file, attempt):
    keep(file, attempt)
    # Another name for the same bytes shows what became of them.
    twin = file.with_name("twin")
    os.link(file, twin)
    size = twin.stat().st_size
    assert forget(file)
    assert not file.exists()
    assert twin.read_bytes() == bytes(size)
    assert not forget(file)
    assert kept(file) == Kept()


def test_what_cannot_be_written_or_read_is_said_without_a_word_of_it(tmp_path, attempt):
    folder = tmp_path / "practice.jsonl"
    folder.mkdir()
    for use in (lambda: keep(folder, attempt), lambda: kept(folder), lambda: forget(folder)):
        with pytest.raises(PracticeStoreError, match=r"practice\.jsonl: cannot be written, read or removed") as caught:
            use()
        assert "drop" not in str(caught.value)
