"""Plain lines of progress: how many, how far apart, and the time they say is left."""

import io

from rupture.cli.progress import APART, bar, plain_lines


def told(steps, seconds):
    """What is written of `steps` told of one after another, each so many seconds after the one before."""
    stream, clock = io.StringIO(), iter(n * seconds for n in range(len(steps)))
    tell = plain_lines(stream, lambda: next(clock))
    for step in steps:
        tell(*step)
    return stream.getvalue().splitlines()


def test_a_thousand_quick_items_are_few_lines_and_the_last_is_told():
    lines = told([("code", done, 1000) for done in range(1001)], APART / 100)
    assert len(lines) == 10
    assert lines[0] == "code: 100 of 1,000, about 45 s left"
    assert lines[-1] == "code: 1,000 of 1,000"


def test_slow_items_have_a_line_each_with_what_is_left_of_this_start():
    lines = told([("code", done, 8, done // 6) for done in range(4, 9)], 3600)
    assert lines == [
        "code: 5 of 8, about 3 h 0 min left",
        "code: 6 of 8, 1 failed, about 2 h 0 min left",
        "code: 7 of 8, 1 failed, about 1 h 0 min left",
        "code: 8 of 8, 1 failed",
    ]


def test_steps_are_told_apart():
    lines = told([("train", 0, 2), ("code", 0, 2), ("train", 1, 2), ("code", 2, 2)], 4)
    assert lines == ["train: 1 of 2, about 8 s left", "code: 2 of 2"]


def test_minutes():
    assert told([("code", 0, 61), ("code", 1, 61)], 30)[0] == "code: 1 of 61, about 30 min left"


def test_quiet_says_nothing(capsys):
    with bar(quiet=True) as tell:
        tell("code", 1, 1, failed=1)
    with bar() as tell:
        tell("code", 1, 1, failed=1)
    assert capsys.readouterr().err == "code: 1 of 1, 1 failed\n"
