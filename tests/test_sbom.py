"""The bill of materials names everything the base install brings, and the model files as they are."""

import hashlib
import json
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BILL = ROOT / "docs" / "sbom.json"


@pytest.fixture(scope="module")
def components():
    data = json.loads(BILL.read_text(encoding="utf-8"))
    assert (data["bomFormat"], data["specVersion"]) == ("CycloneDX", "1.6")
    return {part["bom-ref"]: part for part in data["components"]}


def test_it_names_every_locked_package_in_its_version(components):
    pins = [line.split("==") for line in (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8").split()]
    wanted = {f"pkg:pypi/{name}@{pinned}" for name, pinned in pins}
    assert {ref for ref in components if ref.startswith("pkg:")} == wanted, "run: python scripts/sbom.py"
    without = [ref for ref in wanted if not components[ref].get("licenses")]
    assert len(without) <= len(wanted) // 10, without


def test_it_names_every_model_file_with_its_digest(components):
    files = [path for path in (ROOT / "rupture" / "model").rglob("*") if path.is_file()]
    wanted = {path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    found = {ref: part["hashes"][0]["content"] for ref, part in components.items() if "hashes" in part}
    assert found == wanted, "run: python scripts/sbom.py"
    assert {components[name]["type"] for name in wanted if name.endswith(".onnx")} == {"machine-learning-model"}


def test_it_is_made_the_same_again_and_nothing_of_the_day_or_machine_is_in_it(tmp_path):
    bill = runpy.run_path(str(ROOT / "scripts" / "sbom.py"))["bill"]
    lock = tmp_path / "base.txt"
    lock.write_text("numpy==1.2.3\nno-such-package==1\n", encoding="utf-8")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "a.onnx").write_bytes(b"weights")
    first, second = bill(lock, tmp_path / "model"), bill(lock, tmp_path / "model")
    assert first == second
    assert [part["bom-ref"] for part in first["components"]] == [
        "pkg:pypi/numpy@1.2.3",
        "pkg:pypi/no-such-package@1",
        "rupture/model/a.onnx",
    ]
    assert first["components"][0]["licenses"]
    assert str(tmp_path) not in json.dumps(first)
    assert "timestamp" not in json.dumps(first)
