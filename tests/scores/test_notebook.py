"""The example notebook runs from top to bottom, and is kept without outputs."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from rupture.resources import IN_CHECKOUT, SAMPLES

NOTEBOOK = SAMPLES.parents[1] / "examples" / "scores.ipynb"
pytestmark = pytest.mark.skipif(not IN_CHECKOUT or find_spec("pyarrow") is None, reason="the extra `ray` is not installed")
# As a notebook does: cell after cell with one set of names, and the last expression of a cell is worth showing.
RUN = """
import ast, json, sys
names = {"__name__": "__main__"}
for number, source in enumerate(json.load(sys.stdin)):
    tree = ast.parse(source)
    last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, f"<cell {number}>", "exec"), names)
    value = eval(compile(last, f"<cell {number}>", "eval"), names) if last else None
    if value is not None:
        shown = value.to_json() if hasattr(value, "to_json") else repr(value)
        sys.stdout.write(json.dumps([number, shown]) + "\\n")
"""


def cells():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_it_runs_from_top_to_bottom(tmp_path):
    sources = json.dumps(["".join(cell["source"]) for cell in cells()])
    command = [sys.executable, "-W", "error", "-c", RUN]
    done = subprocess.run(command, input=sources, capture_output=True, text=True, timeout=240, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (_, head), *shown = map(json.loads, done.stdout.splitlines())
    assert "4 analysed" in head
    tables = [json.loads(value) for _, value in shown]
    ids = {file.stem for file in SAMPLES.glob("*.txt")}
    assert set(tables[0]["turns"]) == ids
    assert set(tables[1]) <= ids
    assert {trace["name"] for trace in tables[3]["data"]} == ids
    assert len(tables) == 5
    assert list(tmp_path.iterdir()) == []


def test_it_is_kept_without_outputs():
    assert [cell["outputs"] for cell in cells()] == [[]] * len(cells())
    assert {cell["execution_count"] for cell in cells()} == {None}
