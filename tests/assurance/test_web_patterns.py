"""No regular expression of the package can be made to run for long: each one is found in the source, compiled as it stands there,
and run, as it is used there, on attack strings of growing length, made of its own characters. What counts is how time grows,
never how long it takes.

With `RUPTURE_ASSURANCE=1` the strings are eight times as long.
"""

import ast
import functools
import importlib
import itertools
import operator
import os
import re
import time
from functools import cache
from pathlib import Path

import pytest

import rupture

pytestmark = pytest.mark.timeout(900)
LONG = 64_000 if os.environ.get("RUPTURE_ASSURANCE") == "1" else 4_000
STEP = 4
MOST = STEP**1.6
"""Linear growth gives 4, quadratic 16, cubic 64; what backtracks without bound grows without bound."""
FEW = 0.0004
"""Seconds below which a clock says nothing about growth."""
_PARTS = ("comment", "footnote", "endnote", "header", "footer")
BOUNDED = {
    r"\s*\[\d{1,2}\]": "a sentence of an answer, which is cut at some thousand characters",
    r"\[[^\]]*\]": "our own cases",
    r'(\w+)="([^"]*)"': "the head of a section of the corpus",
    "“([^”]*)”": "a reply put together from our own corpus",
    "“[^”]*”": "a reply put together from our own corpus",
    r"={3,} .*": "lines of at most 10,000 characters, each compared as a whole",
    **dict.fromkeys((rf".*/{name}s?\d*\.xml" for name in _PARTS), "names, each compared as a whole"),
}
"""Patterns that may take the square of their text's length, and why that is no long one."""


@cache
def patterns():
    """(where, pattern, whether it is tried at one place only) for each that the package writes out in a call to `re`, or puts
    together and holds in a module."""
    root = Path(rupture.__file__).parent
    found = {}
    for file in sorted(root.rglob("*.py")):
        name = ".".join(file.relative_to(root.parent).with_suffix("").parts)
        tree = ast.parse(file.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if _of_re(node)]
        for call in calls:
            if isinstance(call.args[0], ast.Constant):
                pattern = _text(call.args[0].value)
                once = _uses(tree, call) <= {"match", "fullmatch"}
                found[name, pattern, once] = (f"{name}:{call.lineno}", re.compile(pattern, _flags(call)), once)
        if not all(isinstance(call.args[0], ast.Constant) for call in calls):
            for held, value in vars(importlib.import_module(name)).items():
                for pattern in _within(value):
                    if not any(pattern.pattern == known for _, known, _ in found):
                        found[name, pattern.pattern, False] = (f"{name}.{held}", pattern, False)
    return tuple(found.values())


def _of_re(node):
    function = getattr(node, "func", None)
    return (
        isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re" and node.args
    )


def _uses(tree, call):
    """The methods called on what `call` makes, `search` where that cannot be told."""
    if call.func.attr != "compile":
        return {call.func.attr}
    names = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and node.value is call
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    whole = [
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)
    ]
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.value in whole]
    # Handed on as a whole, it may be used in any way.
    return {node.attr for node in used} if names and len(used) == len(whole) > 0 else {"search"}


def _flags(call):
    """Those named anywhere in the call, such as `re.IGNORECASE`."""
    named = (node.attr for given in [*call.args, *call.keywords] for node in ast.walk(given) if isinstance(node, ast.Attribute))
    return functools.reduce(operator.or_, (getattr(re, name) for name in named if name.isupper()), re.RegexFlag(0))


def _text(pattern):
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern


def _within(value, depth=0):
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict | list | tuple | set | frozenset) and depth < 4:
        for item in itertools.chain(value, value.values() if isinstance(value, dict) else ()):
            yield from _within(item, depth + 1)
    elif hasattr(value, "__dataclass_fields__") and depth < 4 and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from _within(getattr(value, name, None), depth + 1)


FIXED = ("a", " ", "1", ".", "\n", "A", "<", "-", ":", "\t ", "a ", "1:", "aA1 ", "\u00e9", "ab, ", "\\", '"')
END = "!"


def attacks(pattern):
    """Pieces to repeat: fixed ones, and runs of the letters that stand in the pattern itself."""
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\\[A-Za-z]|\(\?[a-zA-Z:]+", " ", pattern.pattern))[:3]
    marks = sorted(set(re.findall(r"[^\w\s\\()|?*+{}^$]", pattern.pattern)))[:4]
    return (*FIXED, *marks, *(f"{word} " for word in words))


def seconds(pattern, text, *, once=False, times=2):
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        if once:
            pattern.match(text)
        else:
            for _ in pattern.finditer(text):
                pass
        pattern.fullmatch(text)
        best = min(best, time.process_time() - begun)
    return best


def growth(pattern, piece, end, *, once=False):
    """How many times as long a text of four times the length takes, as soon as the clock can tell."""
    length, before = LONG // STEP**3, 0.0
    while length <= LONG:
        text = piece * (length // len(piece)) + end
        took = seconds(pattern, text, once=once)
        if before > FEW and took / before > MOST:
            # Once more, since others use this machine too.
            shorter = piece * (length // STEP // len(piece)) + end
            ratio = seconds(pattern, text, once=once, times=4) / seconds(pattern, shorter, once=once, times=8)
            if ratio > MOST:
                return ratio
        if took > 0.5 and length < LONG:
            return MOST + 1
        before, length = took, length * STEP
    return 1.0


def slow():
    return [
        (where, piece, round(ratio, 1))
        for where, pattern, once in patterns()
        if pattern.pattern not in BOUNDED
        for piece in attacks(pattern)
        for ratio in [growth(pattern, piece, END, once=once)]
        if ratio > MOST
    ]


def test_the_patterns_are_found():
    places = {where for where, _, _ in patterns()}
    assert len(places) > 150
    assert {"rupture.escape", "rupture.listening", "rupture.ui.login"} <= {where.partition(":")[0] for where in places}


@pytest.mark.parametrize("written", [r"(\w+\s*)+:", r"(a+)+$", r"(a|a)*b", r"(x+x+)+y"])
def test_a_pattern_that_runs_for_ever_is_noticed(written):
    pattern = re.compile(written)
    # Short, or the control itself would run for ever.
    times = [seconds(pattern, piece * n + "!") for piece in ("a", "x") for n in (8, 12, 16, 20)]
    assert max(times) > 8 * max(min(times), 1e-6)


@pytest.mark.parametrize("written", [r"\s+$", r"a*b", r"\[[^\]]*\]", r"\w+-\w+", r"\W*[A-Z]", r"(?:a |b )*c"])
def test_a_pattern_that_takes_the_square_of_the_length_is_noticed(written):
    pattern = re.compile(written)
    assert max(growth(pattern, piece, END) for piece in attacks(pattern)) > MOST


@pytest.mark.parametrize("written", [r"\w+", r"\bab\b", r"(?<!\w)\w+-", r"\s{1,20}$", r"\[[^\[\]]*\]"])
def test_a_pattern_that_takes_time_by_length_is_let_be(written):
    pattern = re.compile(written)
    assert max(growth(pattern, piece, END) for piece in attacks(pattern)) < MOST


def test_a_pattern_that_is_tried_at_one_place_is_run_so():
    pattern = re.compile(r"\W*[A-Z]")
    assert growth(pattern, "-", END, once=True) < MOST < growth(pattern, "-", END)
    made = "".join(f"{name.upper()} = re.compile('{name}')\n" for name in "abc")
    tree = ast.parse(f"{made}A.match(x)\nB.match(x)\nB.sub('', x)\nf(C)")
    calls = {node.args[0].value: node for node in ast.walk(tree) if _of_re(node)}
    assert [_uses(tree, calls[name]) for name in "abc"] == [{"match"}, {"match", "sub"}, {"search"}]


def test_no_pattern_of_the_package_runs_away():
    assert slow() == []
