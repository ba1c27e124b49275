"""Coding kits: blind when they go out, checked when they come back, and read into the form of `corpus/annotations`."""

import csv
import html
import io
import json
import re
import shutil

import pytest

from rupture.analysis import Analysis, State
from rupture.codebook import CODES
from rupture.coding.sessions import read_sessions, split_sessions
from rupture.coding.standoff import read_raters
from rupture.coding.values import Rating
from rupture.coding.written import written
from rupture.corrections import Correction, Verdict
from rupture.errors import CorpusError
from rupture.kit.making import kit_sessions, make_kit
from rupture.kit.manifest import Form, digest_of
from rupture.kit.reading import read_kits
from rupture.resources import BLIND_CODES, SESSIONS
from rupture.transcript import Role, Transcript, Turn

SPOKEN = (("T", Role.THERAPIST), ("A", Role.CLIENT), ("B", Role.CLIENT))
WORDS = ("How was the week?", "=SUM(1) fine — café", "'-no {really}", "Tell me.", '+1, "yes"\nand no', "I don't know.")


def sessions(*ids, texts=WORDS):
    return {id: Transcript(id, tuple(Turn(i, *SPOKEN[i % 3], text) for i, text in enumerate(texts))) for id in ids}


def kit(folder, form=Form.CSV, rater="", ids=("s1", "s2", "s3"), seed=1):
    make_kit(folder, sessions(*ids), form=form, rater=rater, seed=seed, own=True)
    return folder


def table(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def save(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def rate(folder, *ids, values=("2", "3", "", "1")):
    save(folder / "ratings.csv", [[*row[:1], *(values if row[0] in ids else row[1:])] for row in table(folder / "ratings.csv")])


CODED = {"s1": {1: "W5, C2", 3: "R4"}, "s2": {5: "W7"}}


def code(folder, form):
    """Codes the kit as a person would, and rates the first two sessions."""
    if form is Form.CSV:
        rows = table(folder / "codes.csv")
        for row in rows[1:]:
            row[4] = CODED.get(row[0], {}).get(int(row[1]), "")
            row[5] = "2" if row[4] else ""
        save(folder / "codes.csv", rows)
    elif form is Form.TXT:
        for path in (folder / "codes").iterdir():
            lines = path.read_text().split("\n")
            id = lines[0].partition("id: ")[2]
            for turn, codes in CODED.get(id, {}).items():
                lines[1 + turn] += f" {{{codes}}}"
            path.write_text("\n".join(lines))
    else:
        tasks = json.loads((folder / "tasks.json").read_bytes())
        for task in tasks:
            regions = [
                {"type": "paragraphlabels", "value": {"start": str(t), "end": str(t), "paragraphlabels": codes.split(", ")}}
                for t, codes in CODED.get(task["data"]["session"], {}).items()
            ]
            task["annotations"] = [{"completed_by": 7, "result": regions}]
        (folder / "codes.json").write_text(json.dumps(tasks))
    rate(folder, "s1", "s2")


@pytest.mark.parametrize("form", Form)
def test_what_people_code_comes_back_in_the_form_of_our_annotations(tmp_path, form):
    code(kit(tmp_path / "back" / "anna", form), form)
    code(kit(tmp_path / "back" / "b", Form.CSV, rater="Dr. Ben"), Form.CSV)
    assert read_kits(tmp_path / "back", tmp_path / "out") == ["anna: 2 of 3 sessions done", "Dr. Ben: 2 of 3 sessions done"]
    raters = read_raters(tmp_path / "out")
    assert set(raters) == {"s1", "s2"}
    for id, by in raters.items():
        assert set(by) == {"anna", "Dr. Ben"}
        for given in by.values():
            assert {turn: set(codes) for turn, codes in given.codes.items()} == {
                t: set(c.split(", ")) for t, c in CODED[id].items()
            }
            assert given.rating == Rating(2, 3, None, 1)
    rows = table(tmp_path / "out" / "turn_codes.csv")
    assert rows[0] == ["transcript_id", "utterance_id", "rater", "codes", "confidence"]
    assert ["s2", "5", "Dr. Ben", "W7", "2"] in rows


@pytest.mark.parametrize("form", Form)
def test_a_kit_holds_everything_and_nothing_anybody_coded(tmp_path, form):
    drawn = kit_sessions("practice", None, 4, 1)
    coded = {s.transcript.id: s for s in split_sessions(SESSIONS, BLIND_CODES)["practice"]}
    make_kit(tmp_path / "kit", drawn, form=form, rater="Anna", seed=1, own=False)
    files = {
        path.relative_to(tmp_path / "kit").as_posix(): path.read_text("utf-8-sig") for path in (tmp_path / "kit").rglob("*.*")
    }
    assert {"README.md", "codebook.html", "ratings.csv", "manifest.json"} < set(files)
    assert len([name for name in files if name.startswith("transcripts/")]) == 4
    assert "All sessions are invented" in files["README.md"]
    headers = {}
    for path in SESSIONS.glob("*.txt"):
        headers |= {
            line.split(" | ")[0][8:]: line.partition("note: ")[2] for line in path.read_text().splitlines() if "note: " in line
        }
    for name, text in files.items():
        if name not in ("codebook.html", "README.md", "label-config.xml"):
            assert not re.search(r"\b(W[1-7]|R([1-9]|10))\b", text), name
            assert not re.search(r"\{[WCR]", text)
            assert not any(headers[id] and headers[id] in text for id in drawn)
    for id, transcript in drawn.items():
        assert transcript.turns == coded[id].transcript.turns
        page = next(text for name, text in files.items() if name.startswith("transcripts/") and name.endswith(f"-{id}.html"))
        assert f"{len(transcript.turns) - 1} " in page
    for row in CODES:
        assert all(
            words in html.unescape(files["codebook.html"]) for words in (f"{row.code} {row.label}", row.definition, row.contrast)
        )
    if form is Form.LABEL_STUDIO:
        assert all(set(task) == {"data"} for task in json.loads(files["tasks.json"]))
        assert 'value="W5"' in files["label-config.xml"]


def test_the_same_seed_draws_the_same_sessions_in_another_order_for_each(tmp_path):
    ids = [f"s{i}" for i in range(12)]
    orders = [[row[0] for row in table(kit(tmp_path / name, rater=name, ids=ids) / "ratings.csv")[1:]] for name in ("a", "b")]
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(ids)
    assert orders[0] != orders[1]
    again = kit(tmp_path / "again", rater="a", ids=ids[::-1])
    assert [row[0] for row in table(again / "ratings.csv")[1:]] == orders[0]
    assert set(kit_sessions("practice", None, 5, 1)) == set(kit_sessions("practice", None, 5, 1))
    assert set(kit_sessions("practice", None, 5, 1)) != set(kit_sessions("practice", None, 5, 2))


def test_no_cell_of_a_sheet_is_computed_by_a_spreadsheet(tmp_path):
    rows = table(kit(tmp_path / "kit", ids=("=1+1",)) / "codes.csv")
    assert not any(re.match(r"[=+\-@]", cell) for row in rows for cell in row)
    assert rows[2][3] == "'=SUM(1) fine — café"
    assert rows[3][3] == "''-no {really}"


def test_the_users_own_sessions_come_with_words_about_consent(tmp_path):
    readme = " ".join((kit(tmp_path / "kit") / "README.md").read_text().split())
    assert "only if the clients agreed" in readme
    assert "invented" not in readme
    (tmp_path / "talk.txt").write_text("Therapist: hello\nClient: yes\n")
    assert list(kit_sessions("practice", tmp_path / "talk.txt", 5, 1)) == ["talk"]


def test_the_text_of_a_kit_is_the_format_of_coded_sessions(tmp_path):
    folder = kit(tmp_path / "kit", Form.TXT)
    for session in read_sessions(sorted((folder / "codes").glob("*.txt"))):
        turns = sessions(session.transcript.id)[session.transcript.id].turns
        assert [digest_of(turn.text) for turn in session.transcript.turns] == [digest_of(turn.text) for turn in turns]
        assert session.rating is None


def test_a_kit_and_the_screen_write_a_turn_alike(tmp_path):
    said = ("two  spaces", " a\ttab", "lines\r\n\u2028apart", "{braces}", " ")
    (transcript,) = sessions("s1", texts=said).values()
    make_kit(tmp_path / "kit", {"s1": transcript}, form=Form.TXT, rater="", seed=1, own=True)
    (text,) = (tmp_path / "kit" / "codes").iterdir()
    saved = written(Analysis(transcript, State.ANALYSED), {0: Correction(0, Verdict.AGREE)}, "s1", "")
    assert text.read_text(encoding="utf-8").splitlines()[1:] == saved.splitlines()[1:]


def test_what_cannot_be_made_is_refused(tmp_path):
    kit(tmp_path / "kit")
    with pytest.raises(CorpusError, match="is not an empty folder"):
        kit(tmp_path / "kit")
    with pytest.raises(CorpusError, match="there is no part 'tests'"):
        kit_sessions("tests", None, 5, 1)
    odd = {"s": Transcript("s", (Turn(0, "T", Role.THERAPIST, "a"), Turn(1, "I", Role.OTHER, "b")))}
    with pytest.raises(CorpusError, match=r"session s, turn 1 is spoken by Other; the form txt .* --form csv"):
        make_kit(tmp_path / "odd", odd, form=Form.TXT, rater="", seed=1, own=True)
    assert not (tmp_path / "odd").exists()


def problems(folder, tmp_path):
    with pytest.raises(CorpusError) as error:
        read_kits(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    return [line.replace(f"{folder}/", "") for line in str(error.value).splitlines()]


def lines_of(path):
    """The line on which the row of each turn begins."""
    reader = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
    lines, before = {}, 0
    for row in reader:
        lines[row[0], row[1]] = before + 1
        before = reader.line_num
    return lines


def test_every_problem_is_named_with_its_file_and_line(tmp_path):
    folder = kit(tmp_path / "anna")
    rows = {(row[0], row[1]): row for row in table(folder / "codes.csv")}
    rows["s1", "0"][4] = "W5"
    rows["s1", "1"][4] = "W9"
    rows["s1", "2"][4] = "he never calls"
    rows["s2", "1"][5] = "9"
    rows["s2", "5"][3:5] = "Something else.", "W1"
    del rows["s3", "5"]
    save(folder / "codes.csv", rows.values())
    rate(folder, "s1", values=("2", "7", "", "1"))
    at = {key: f"codes.csv:{line}: " for key, line in lines_of(folder / "codes.csv").items()}
    found = problems(folder, tmp_path)
    for start, words in [
        (at["s1", "0"], "W5 cannot stand on turn 0, which is of role therapist"),
        (at["s1", "1"], "found 'W9' for a code"),
        (at["s1", "2"], "for a code; known are"),
        (at["s2", "1"], "for a confidence"),
        (at["s2", "5"], "turn 5 of session s2 has other words than the kit"),
        (at["s2", "5"], "session s2 has codes and no ratings"),
        ("codes.csv: ", "session s3 lacks 1 turn, the first is turn 5"),
        ("ratings.csv:", "confrontation is no number from 1 to 5"),
    ]:
        assert any(line.startswith(start) and words in line for line in found), (start, words, found)
    assert "never" not in "\n".join(found)


def test_a_file_that_cannot_be_read_does_not_hide_problems_of_others(tmp_path):
    folder = kit(tmp_path / "anna", Form.TXT)
    first, second, *_ = sorted((folder / "codes").iterdir())
    first.write_text(first.read_text().replace("T: Tell me.", "T: Tell me. {W5}"))
    second.write_text(second.read_text().replace("T: Tell me.", "Tell me."))
    found = problems(folder, tmp_path)
    assert [line.partition(":")[0] for line in found] == [f"codes/{first.name}", f"codes/{second.name}"]
    assert all(re.match(r"codes/[^:]*:5: ", line) for line in found)


def test_kits_that_do_not_belong_together_are_refused(tmp_path):
    back = tmp_path / "back"
    for name, rater in (("a", "Anna"), ("b", "Anna")):
        kit(back / name, rater=rater)
    assert any("is by 'Anna' like" in line for line in problems(back, tmp_path))
    shutil.rmtree(back / "b")
    make_kit(back / "b", sessions("s1", texts=("other", "words")), form=Form.CSV, rater="B", seed=1, own=True)
    assert any("session s1 has other words there than in" in line for line in problems(back, tmp_path))
    save(back / "a" / "codes.csv", [("session", "turn", "codes"), ("elsewhere", "0", "")])
    assert any("session elsewhere is not in this kit" in line for line in problems(back, tmp_path))


def test_ratings_of_turns_that_are_gone_and_no_kits_and_old_results(tmp_path):
    folder = kit(tmp_path / "anna")
    rate(folder, "s1")
    save(folder / "codes.csv", [row for row in table(folder / "codes.csv") if row[0] != "s1"])
    assert any("session s1 is rated, but its turns are in no file" in line for line in problems(folder, tmp_path))
    (folder / "manifest.json").write_text("{}")
    assert "is not the manifest of a coding kit" in problems(folder, tmp_path)[0]
    (tmp_path / "empty").mkdir()
    assert "found no coding kit there" in problems(tmp_path / "empty", tmp_path)[0]
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "turn_codes.csv").write_text("")
    with pytest.raises(CorpusError, match="is there already"):
        read_kits(folder, tmp_path / "done")


def test_a_failure_while_writing_leaves_nothing_that_keeps_the_kits_from_being_read_again(tmp_path):
    code(kit(tmp_path / "back" / "anna"), Form.CSV)
    blocked = tmp_path / "out" / "session_ratings.csv.part"
    blocked.mkdir(parents=True)
    with pytest.raises(OSError, match=r"session_ratings\.csv"):
        read_kits(tmp_path / "back", tmp_path / "out")
    blocked.rmdir()
    assert list((tmp_path / "out").iterdir()) == []
    assert read_kits(tmp_path / "back", tmp_path / "out") == ["anna: 2 of 3 sessions done"]
