"""A run of the suite `masking` goes on with the program it was begun with, and with no other."""

import ast
from pathlib import Path

import rupture
from rupture.measure_masking import PROGRAM

PACKAGE = Path(rupture.__file__).parent
# What is passed around and raised; says nothing of how a text is masked.
VALUES = {PACKAGE / name for name in ("errors.py", "transcript.py", "formats/parsed.py")}


def imported(file):
    """The modules of ours that a file imports, as files."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("rupture."):
            path = PACKAGE.joinpath(*node.module.split(".")[1:])
            module = path.with_suffix(".py")
            yield from [module] if module.is_file() else [path / f"{name.name}.py" for name in node.names]


def test_every_module_that_masks_is_in_the_digest():
    found, todo = set(), [PACKAGE / "privacy" / "masking.py"]
    while todo:
        file = todo.pop()
        if file not in found | VALUES:
            found.add(file)
            todo += imported(file)
    assert PACKAGE / "formats" / "english.py" in found
    assert found <= set(PROGRAM)
