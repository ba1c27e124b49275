"""`rupture eval coders`, `kit` and `kit-read` as somebody types them."""

import csv
import json

import pytest
import typer
from typer.testing import CliRunner

from rupture.cli.coding import register_in
from rupture.errors import CorpusError


@pytest.fixture(scope="module")
def run():
    """Runs a command of the group; errors a user can mend are raised, as `rupture.cli.main` expects them."""
    group = typer.Typer()
    register_in(group)

    def invoke(*arguments):
        return CliRunner().invoke(group, list(map(str, arguments)), catch_exceptions=False)

    return invoke


def coder(folder, codes):
    rows = [("session", "turn", "role", "codes"), *(("s", i, ("therapist", "client")[i % 2], codes.get(i, "")) for i in range(6))]
    folder.parent.mkdir(exist_ok=True)
    with folder.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


def test_two_coders_as_json_and_as_a_report(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    anna, ben = coder(tmp_path / "anna.csv", {1: "W5", 3: "C2"}), coder(tmp_path / "ben.csv", {1: "W5"})
    shown = run("coders", anna, f"Dr. B={ben}", "--json")
    assert shown.exit_code == 0
    (pair,) = json.loads(shown.stdout)["pairs"]
    # three client turns, one coded by both and one by Anna alone: (2/3 − 4/9) / (5/9) = .4
    assert (pair["raters"], pair["kappa"]["rupture"]) == (["Dr. B", "anna"], 0.4)
    assert not (tmp_path / "runs").exists()
    shown = run("coders", anna, ben, "--reference", "ben")
    assert shown.stdout.strip() == "runs/coders/report.html"
    assert "Beside the reference" in (tmp_path / "runs/coders/report.md").read_text()


def test_a_kit_goes_out_comes_back_and_is_compared(run, tmp_path):
    for name, codes in (("anna", "W2"), ("ben", "W5")):
        folder = tmp_path / "back" / name
        made = run("kit", folder, "--sessions", 2, "--seed", 4)
        assert made.stdout.startswith("2 sessions; begin with ")
        for file, column, value in (("codes.csv", 4, codes), ("ratings.csv", 1, None)):
            rows = list(csv.reader((folder / file).read_text("utf-8-sig").splitlines()))
            for row in rows[1:]:
                if value is None:
                    row[1:] = ["2", "1", "", "1"]
                elif row[2] == "Client" and row[1] == "3":
                    row[column] = value
            with (folder / file).open("w", newline="") as out:
                csv.writer(out).writerows(rows)
    read = run("kit-read", tmp_path / "back", "--out", tmp_path / "codes")
    assert read.stdout.splitlines()[:2] == ["anna: 2 of 2 sessions done", "ben: 2 of 2 sessions done"]
    found = json.loads(run("coders", tmp_path / "codes", "--json").stdout)
    assert found["sessions"] == 2
    turns = found["coders"]["anna"]["given"]["W2"]
    assert turns > 0
    assert found["pairs"][0]["confusions"]["markers"]["W2"] == {"W5": turns}


def test_what_cannot_be_read_is_an_error_that_says_what_to_do(run, tmp_path):
    with pytest.raises(CorpusError, match="cannot be read"):
        run("coders", tmp_path / "nothing.csv")
    with pytest.raises(CorpusError, match="no session was read by two coders"):
        run("coders", coder(tmp_path / "anna.csv", {}))
