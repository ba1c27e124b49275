"""What is kept of clients: given back as it was, for its owner alone, safe when two write at once, and gone when forgotten."""

import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture import workspace_file
from rupture.analyse import Decisions, analyse
from rupture.analysis import Analysis, ModelCard, State
from rupture.codebook import MARKERS
from rupture.corrections import Correction, Verdict, corrected
from rupture.fakes import ScriptedDetector
from rupture.policy import Policy
from rupture.transcript import Role, Transcript, Turn
from rupture.workspace import Workspace, client_code
from rupture.workspace_file import WorkspaceError

ROOT = Path(__file__).parents[1]
SENTINEL = "Zanzibarquokka"
posix = pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")


def session(word="word", turns=3):
    """An analysis with `word` in each turn and a finding in the second."""
    roles = (Role.THERAPIST, Role.CLIENT)
    said = tuple(Turn(i, roles[i % 2].value, roles[i % 2], f"{word} {i} and what else was said") for i in range(turns))
    scores = {said[1].text: {"rupture": 0.9, "withdrawal": 0.9, "W2": 0.8}}
    decisions = Decisions(Policy(), model=ModelCard("fake", "0" * 64, MARKERS))
    return analyse(Transcript("a", said), ScriptedDetector(scores), decisions)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "workspace.db"


@pytest.fixture
def workspace(path):
    return Workspace.open(path)


def left_in(folder):
    """All bytes of all files below `folder`, the names with them."""
    return b"".join(str(file).encode() + file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def run_sql(path, statement, *values):
    """As somebody would with another tool."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)


def test_a_session_comes_back_as_it_was(workspace):
    kept = workspace.save_session("C07", session(), "2026-03-31", "after the holiday")
    (back,) = workspace.sessions_of("C07")
    assert (back.id, back.client, back.position, back.date, back.title) == (kept, "C07", 1, "2026-03-31", "after the holiday")
    assert back.analysis == session()
    assert back.analysis.finding(1).codes == ("W2",)
    assert back.problem == ""


def test_sessions_stand_in_order_of_position(workspace):
    for position in (None, 5, 2, None):
        workspace.save_session("C07", session(), position=position)
    assert [kept.position for kept in workspace.sessions_of("C07")] == [1, 2, 5, 6]
    assert workspace.sessions_of("C08") == ()


def test_a_position_is_never_taken_twice(workspace):
    workspace.save_session("C07", session("first"))
    with pytest.raises(WorkspaceError, match="session 1 of this client is kept already"):
        workspace.save_session("C07", session("second"), position=1)
    assert [kept.analysis for kept in workspace.sessions_of("C07")] == [session("first")]
    workspace.save_session("C08", session(), position=1)


def kept_on(workspace, *days, client="C07"):
    """Sessions of these days, kept in this order; the title says the day."""
    return [workspace.save_session(client, session(), day, title=str(day)) for day in days]


def order(workspace, client="C07"):
    """(position, title) of each session, and (position, score)."""
    sessions = [(kept.position, kept.title) for kept in workspace.sessions_of(client)]
    return sessions, [(measure.position, measure.value) for measure in workspace.measures_of(client)]


def test_an_older_session_stands_where_its_date_belongs_and_scores_stay_with_their_session(workspace):
    kept_on(workspace, "2026-03-01", "2026-03-15")
    for position, value in ((1, 31), (2, 32), (3, 33)):  # the third form has no transcript yet
        workspace.save_measure("C07", "SRS", position, value)
    workspace.save_measure("C08", "SRS", 2, 20)
    kept_on(workspace, "2026-03-08")
    assert order(workspace) == (
        [(1, "2026-03-01"), (2, "2026-03-08"), (3, "2026-03-15")],
        [(1, 31.0), (3, 32.0), (4, 33.0)],
    )
    assert order(workspace, "C08") == ([], [(2, 20.0)])
    kept_on(workspace, "2026-02-01")
    assert order(workspace)[1] == [(2, 31.0), (4, 32.0), (5, 33.0)]
    assert [position for position, _ in order(workspace)[0]] == [1, 2, 3, 4]


@given(st.lists(st.integers(1, 28), min_size=1, max_size=8))
def test_whatever_the_order_in_which_they_are_kept_sessions_stand_by_their_dates(days):
    with TemporaryDirectory() as folder:
        workspace = Workspace.open(Path(folder) / "workspace.db")
        for day in days:
            (id,) = kept_on(workspace, f"2026-03-{day:02}")
            (position,) = [kept.position for kept in workspace.sessions_of("C07") if kept.id == id]
            for scale in ("SRS", "ORS"):
                workspace.save_measure("C07", scale, position, day)
        assert [kept.date for kept in workspace.sessions_of("C07")] == [f"2026-03-{day:02}" for day in sorted(days)]
        for scale in ("SRS", "ORS"):
            scores = [(m.position, m.value) for m in workspace.measures_of("C07") if m.scale == scale]
            assert scores == [(at, float(day)) for at, day in enumerate(sorted(days), start=1)]


def test_corrections_stay_with_their_session_when_it_moves_on(workspace):
    (later,) = kept_on(workspace, "2026-03-15")
    workspace.save_corrections(later, {1: Correction(1, Verdict.AGREE)})
    kept_on(workspace, "2026-03-01")
    (_, moved) = workspace.sessions_of("C07")
    assert (moved.id, moved.position) == (later, 2)
    assert len(workspace.corrections_of(moved.id)) == 1


@pytest.mark.parametrize(
    "days",
    [
        ("2026-03-15", None, "2026-03-01"),  # one of them has no date
        ("2026-03-01", "2026-03-15", None),  # the new one has none
        ("2026-03-01", "2026-03-15", "2026-03-15"),  # on one day, as they were kept
    ],
)
def test_where_dates_do_not_tell_a_session_stands_last(workspace, days):
    kept_on(workspace, *days)
    assert order(workspace)[0] == list(enumerate(map(str, days), start=1))


def test_sessions_that_never_stood_in_the_order_of_their_dates_are_left_so(workspace):
    for position, day in ((1, "2026-03-15"), (2, "2026-03-01")):
        workspace.save_session("C07", session(), day, title=day, position=position)
    kept_on(workspace, "2026-03-08")
    assert order(workspace)[0] == [(1, "2026-03-15"), (2, "2026-03-01"), (3, "2026-03-08")]


def test_a_number_that_is_free_is_taken_before_others_move(workspace):
    for position, day in ((1, "2026-03-01"), (4, "2026-03-22")):
        workspace.save_session("C07", session(), day, title=day, position=position)
    workspace.save_measure("C07", "SRS", 2, 32)
    kept_on(workspace, "2026-03-08")
    assert order(workspace) == ([(1, "2026-03-01"), (2, "2026-03-08"), (4, "2026-03-22")], [(2, 32.0)])


def test_a_session_that_finds_no_number_any_more_is_refused_and_nothing_has_moved(workspace):
    for position, day in ((1, "2026-03-15"), (10_000, "2026-03-22")):
        workspace.save_session("C07", session(), day, title=day, position=position)
    for day in ("2026-03-01", "2026-03-29", None):
        with pytest.raises(WorkspaceError, match="numbered from 1 to 10,000"):
            kept_on(workspace, day)
    assert [position for position, _ in order(workspace)[0]] == [1, 10_000]


def test_titles_stay_one_line_of_bounded_length(workspace):
    workspace.save_session("C07", session(), title="a\nb\0c\ud800d " + "e" * 500)
    (kept,) = workspace.sessions_of("C07")
    assert kept.title.startswith("a b c d eee")
    assert len(kept.title) == 200


def test_a_second_opening_finds_what_the_first_kept(workspace, path):
    workspace.save_session("C07", session())
    assert Workspace.open(path).clients() == ("C07",)


def test_clients_are_those_with_a_session_or_a_score(workspace):
    assert workspace.clients() == ()
    workspace.save_session("C08", session())
    workspace.save_session("C08", session())
    workspace.save_measure("A1", "SRS", 1, 38)
    assert workspace.clients() == ("A1", "C08")


def test_scores_come_back_by_scale_and_position(workspace):
    workspace.save_measure("C07", "WAI-SR mean", 1, 4.25, "2026-03-31")
    workspace.save_measure("C07", "SRS", 2, None)
    workspace.save_measure("C07", "SRS", 1, 38)
    workspace.save_measure("C08", "SRS", 1, 20)
    back = [(m.scale, m.position, m.value, m.date) for m in workspace.measures_of("C07")]
    assert back == [("SRS", 1, 38.0, None), ("SRS", 2, None, None), ("WAI-SR mean", 1, 4.25, "2026-03-31")]


def test_a_score_given_again_takes_the_place_of_the_first(workspace):
    workspace.save_measure("C07", "SRS", 1, 3.8)
    workspace.save_measure("C07", "SRS", 1, 38)
    assert [m.value for m in workspace.measures_of("C07")] == [38.0]


@pytest.mark.parametrize(
    ("scale", "position", "value", "date"),
    [
        ("SRS", 1, float("nan"), None),
        ("SRS", 1, float("inf"), None),
        ("SRS", 0, 38, None),
        ("SRS", 10**30, 38, None),
        ("", 1, 38, None),
        ("S" * 41, 1, 38, None),
        ("SRS", 1, 38, "31.3.2026"),
        ("SRS", 1, 38, "2026-02-30"),
    ],
)
def test_a_score_that_cannot_be_is_refused(workspace, scale, position, value, date):
    with pytest.raises(WorkspaceError, match=r"found|expected"):
        workspace.save_measure("C07", scale, position, value, date)
    assert workspace.clients() == ()


def test_corrections_are_kept_by_turn_and_taken_back(workspace):
    kept = workspace.save_session("C07", session())
    other = Correction(1, Verdict.OTHER_CODE, ("W5", "C1"))
    workspace.save_corrections(kept, {1: Correction(1, Verdict.AGREE), 2: Correction(2, Verdict.NOT_A_RUPTURE)})
    workspace.save_corrections(kept, {1: other})
    back = workspace.corrections_of(kept)
    assert [row.correction for row in back] == [other, Correction(2, Verdict.NOT_A_RUPTURE)]
    assert all(row.at.endswith("+00:00") for row in back)
    workspace.save_corrections(kept, {2: None})
    assert [row.turn for row in workspace.corrections_of(kept)] == [1]


def test_kept_corrections_fit_the_kept_analysis(workspace):
    kept = workspace.save_session("C07", session())
    workspace.save_corrections(kept, {1: Correction(1, Verdict.OTHER_CODE, ("W5",))})
    (back,) = workspace.sessions_of("C07")
    read = corrected(back.analysis, {row.turn: row.correction for row in workspace.corrections_of(kept)})
    assert read.finding(1).codes == ("W5",)


def test_corrections_of_no_session_are_refused(workspace):
    with pytest.raises(WorkspaceError, match="keep the session first"):
        workspace.save_corrections(7, {1: Correction(1, Verdict.AGREE)})


@pytest.mark.parametrize("code", ["C07", "client 7", "Client A", "Anna", "UKE-BPD-012", "blue heron", "x" * 40, "Ä"])
def test_codes_that_name_nobody_are_taken(code):
    assert client_code(f" {code} ") == code


@pytest.mark.parametrize(
    "code",
    ["Anna Smith", "Smith, Anna", "Anna-Maria Smith", "Łukasz Żak", "Anna_Smith", "anna@example.org", "Anna B. Smith 7"],
)
def test_names_and_addresses_are_refused_without_repeating_them(workspace, code):
    with pytest.raises(WorkspaceError, match="looks like a full name or an e-mail") as refused:
        workspace.save_session(code, session())
    assert code not in str(refused.value)


@pytest.mark.parametrize("code", ["", "  ", "x" * 41, "a\nb", "a\0", "\ud800"])
def test_codes_of_no_or_too_many_or_strange_characters_are_refused(code):
    with pytest.raises(WorkspaceError, match="1 to 40"):
        client_code(code)


def test_both_ways_to_write_an_accent_are_one_client(workspace):
    workspace.save_measure("Jose\u0301", "SRS", 1, 38)
    assert len(workspace.measures_of("Jos\u00e9")) == 1


@posix
def test_the_file_and_its_new_folder_are_for_their_owner_alone(path):
    before = os.umask(0)
    try:
        Workspace.open(path).save_session("C07", session())
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@posix
def test_a_folder_that_was_there_keeps_its_permissions_and_a_widened_file_is_narrowed(workspace, path):
    path.parent.chmod(0o755)
    path.chmod(0o644)
    Workspace.open(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_stands_beside_the_file_between_calls(workspace, path):
    kept = workspace.save_session("C07", session())
    workspace.save_corrections(kept, {1: Correction(1, Verdict.AGREE)})
    workspace.sessions_of("C07")
    workspace.forget_client("C07")
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(workspace, path):
    workspace.save_session("C07", session())
    run_sql(path, "PRAGMA user_version = 2")
    before = left_in(path.parent)
    with pytest.raises(WorkspaceError, match="version 2, expected at most 1"):
        Workspace.open(path)
    assert left_in(path.parent) == before


def zeros_at_the_start(content):
    return bytes(100) + content[100:]


def cut_short(content):
    return content[: len(content) // 2]


def a_page_of_noise(content):
    return content[:4096] + b"\xa5" * 4096 + content[8192:]


def no_database(content):
    return b"Dear diary, this is not a database at all. " * 50


def all_zeros(content):
    return bytes(len(content))


@pytest.mark.parametrize("damage", [zeros_at_the_start, cut_short, a_page_of_noise, no_database, all_zeros])
def test_a_damaged_file_is_refused_and_never_overwritten(workspace, path, damage):
    for _ in range(5):
        workspace.save_session("C07", session(turns=40))
    path.write_bytes(damage(path.read_bytes()))
    before = left_in(path.parent)
    with pytest.raises(WorkspaceError, match="damaged or not a workspace, and was left as it is"):
        Workspace.open(path)
    assert left_in(path.parent) == before


@pytest.mark.parametrize("also", ["PRAGMA user_version = 1", "PRAGMA user_version = 9", "PRAGMA journal_mode = WAL"])
def test_another_programs_database_is_refused_and_left_as_it_is(path, also):
    path.parent.mkdir()
    run_sql(path, "CREATE TABLE sessions (id)")
    run_sql(path, also)
    before = path.read_bytes()
    with pytest.raises(WorkspaceError, match="not a workspace"):
        Workspace.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("place", ["", "file/workspace.db"])
def test_a_place_where_no_file_can_be_is_an_error_that_names_it(tmp_path, place):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkspaceError, match="cannot be"):
        Workspace.open(tmp_path / place)


@pytest.mark.parametrize("name", ["a b.db", "a?mode=memory.db", "a#b%20.db", "ä'\".db"])
def test_any_file_name_is_that_file(tmp_path, name):
    if os.name == "nt":
        pytest.skip("Windows has no such names")
    Workspace.open(tmp_path / name).save_measure("C07", "SRS", 1, 38)
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("written", [b'{"schema": 1', b"[]", b"\xff\0\xff", b'{"schema": 2}', b"null", 7, "", b"[" * 100_000])
def test_a_session_that_cannot_be_read_is_reported_and_the_others_are_there(workspace, path, written):
    workspace.save_session("C07", session("one"))
    workspace.save_session("C07", session("two"))
    run_sql(path, "UPDATE sessions SET analysis = ? WHERE position = 1", written)
    broken, whole = workspace.sessions_of("C07")
    assert broken.analysis is None
    assert "session 1" in broken.problem
    assert whole.analysis == session("two")


@pytest.mark.parametrize(("verdict", "codes"), [("maybe", ""), ("other_code", "W9"), ("other_code", ""), ("agree", "W5")])
def test_a_correction_that_cannot_be_read_is_reported_and_the_others_are_there(workspace, path, verdict, codes):
    kept = workspace.save_session("C07", session())
    workspace.save_corrections(kept, {0: Correction(0, Verdict.AGREE), 1: Correction(1, Verdict.AGREE)})
    run_sql(path, "UPDATE corrections SET verdict = ?, codes = ? WHERE turn = 0", verdict, codes)
    broken, whole = workspace.corrections_of(kept)
    assert broken.correction is None
    assert "turn 0" in broken.problem
    assert whole.correction == Correction(1, Verdict.AGREE)


def test_a_forgotten_client_leaves_no_byte_and_others_stay(workspace, path):
    for number in range(30):
        # Sessions of many lengths, so that pages are split, freed and used again.
        workspace.save_session("C07", session(SENTINEL, 3 + 7 * number % 90), title=SENTINEL)
        workspace.save_session("C08", session("other", 3 + 5 * number % 90))
        workspace.save_measure("C07", f"{SENTINEL} {number}", 1, number)
    workspace.save_measure(SENTINEL, "SRS", 1, 38)
    assert left_in(path.parent).count(SENTINEL.encode()) > 1000
    workspace.forget_client("C07")
    workspace.forget_client(SENTINEL)
    assert SENTINEL.encode() not in left_in(path.parent)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert workspace.clients() == ("C08",)
    assert [kept.analysis for kept in workspace.sessions_of("C08")] == [session("other", 3 + 5 * n % 90) for n in range(30)]


def test_a_forgotten_session_leaves_no_byte_and_the_others_keep_their_places_and_scores(workspace, path):
    kept = {}
    for number in range(1, 31):
        gone = number % 3 == 0
        # Sessions of many lengths, each before or after others, so that pages are split and rows moved.
        made = session(SENTINEL if gone else "other", 3 + 7 * number % 90)
        kept[number] = workspace.save_session("C07", made, title=SENTINEL if gone else "", position=31 - number)
        workspace.save_measure("C07", SENTINEL if gone else "SRS", 31 - number, number)
        workspace.save_corrections(kept[number], {1: Correction(1, Verdict.AGREE)})
    assert left_in(path.parent).count(SENTINEL.encode()) > 300
    for number in range(3, 31, 3):
        workspace.forget_session(kept[number])
    assert SENTINEL.encode() not in left_in(path.parent)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    stay = [number for number in range(30, 0, -1) if number % 3]
    assert [(k.id, k.position) for k in workspace.sessions_of("C07")] == [(kept[n], 31 - n) for n in stay]
    assert order(workspace)[1] == [(31 - number, float(number)) for number in stay]
    assert [len(workspace.corrections_of(id)) for id in kept.values()] == [int(n % 3 != 0) for n in kept]


def test_a_session_that_gets_the_number_of_a_forgotten_one_has_none_of_its_scores(workspace):
    _, second = kept_on(workspace, "2026-03-01", "2026-03-08")
    for client in ("C07", "C08"):
        workspace.save_measure(client, "SRS", 2, 32)
    workspace.forget_session(second)
    workspace.forget_session(second)
    kept_on(workspace, "2026-03-15")
    assert order(workspace) == ([(1, "2026-03-01"), (2, "2026-03-15")], [])
    assert order(workspace, "C08")[1] == [(2, 32.0)]


def client_at_once(workspace, kept):
    workspace.forget_client("C07")


def session_by_session(workspace, kept):
    for id in kept:
        workspace.forget_session(id)


@pytest.mark.parametrize("forget", [client_at_once, session_by_session])
def test_no_copy_stays_where_rows_were_moved_to_and_fro(workspace, path, forget):
    # With this history SQLite leaves copies of moved rows in the gaps of its pages, which only writing the file anew removes.
    made = random.Random(5)
    kept = [workspace.save_session("C07", Analysis(Transcript("a", ()), State.ANALYSED)) for _ in range(60)]
    for _ in range(400):
        client, word = made.choice([("C07", SENTINEL), ("C08", "other")])
        workspace.save_measure(client, f"{word} " * made.randrange(1, 3) + str(made.randrange(9)), made.randrange(1, 60), 1.0)
    forget(workspace, kept)
    assert SENTINEL.encode() not in left_in(path.parent)
    assert {measure.scale.split()[0] for measure in workspace.measures_of("C08")} == {"other"}


def test_corrections_go_with_their_client_and_no_later_session_gets_their_number(workspace, path):
    kept = workspace.save_session("C07", session())
    workspace.save_corrections(kept, {1: Correction(1, Verdict.AGREE)})
    workspace.forget_client("C07")
    workspace.forget_client("C07")
    later = workspace.save_session("C08", session())
    assert later != kept
    assert workspace.corrections_of(kept) == workspace.corrections_of(later) == ()


def test_forgetting_everything_overwrites_and_deletes(workspace, path, tmp_path):
    workspace.save_session("C07", session(SENTINEL, 60), title=SENTINEL)
    beside = path.with_name(path.name + "-shm")
    beside.write_text(SENTINEL * 100)
    held = [tmp_path / "held-file", tmp_path / "held-beside"]
    for name, file in zip(held, (path, beside), strict=True):
        os.link(file, name)
    sizes = [file.stat().st_size for file in held]
    workspace.forget_everything()
    assert list(path.parent.iterdir()) == []
    # A second name for the same bytes shows that they were overwritten before the first name went.
    assert [file.read_bytes() for file in held] == [bytes(size) for size in sizes]


def test_after_forgetting_everything_nothing_is_made_again_until_it_is_opened(workspace, path):
    again = Workspace.open(path)
    workspace.save_session("C07", session())
    workspace.forget_everything()
    with pytest.raises(WorkspaceError, match="open the workspace again"):
        again.save_session("C07", session())
    assert not path.exists()
    assert Workspace.open(path).clients() == ()


def test_a_file_that_is_busy_too_long_is_an_error_and_stays(workspace, path, monkeypatch):
    workspace.save_session("C07", session())
    monkeypatch.setattr(workspace_file, "WAIT", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for use in (lambda: workspace.save_session("C07", session()), workspace.forget_everything):
            with pytest.raises(WorkspaceError, match="another window or program"):
                use()
    assert len(workspace.sessions_of("C07")) == 1


def test_a_writer_waits_for_another(workspace, path):
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.rollback)
        release.start()
        workspace.save_session("C07", session())
        release.join()
    assert len(workspace.sessions_of("C07")) == 1


def test_a_failed_write_leaves_nothing_of_itself(workspace):
    kept = workspace.save_session("C07", session())
    with pytest.raises(AttributeError):
        workspace.save_corrections(kept, {1: Correction(1, Verdict.AGREE), 2: "agree"})
    assert workspace.corrections_of(kept) == ()


WRITER = """
import sys
from pathlib import Path
from rupture.workspace import Workspace
from rupture.analysis import Analysis, State
from rupture.corrections import Correction, Verdict
from rupture.transcript import Transcript

name, path = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
workspace = Workspace.open(Path(path))
for number in range(15):
    kept = workspace.save_session("C07", Analysis(Transcript(f"{name}-{number}", ()), State.ANALYSED))
    workspace.save_corrections(kept, {0: Correction(0, Verdict.AGREE)})
    workspace.save_measure("C07", name, number + 1, number)
"""


def test_two_processes_at_once_lose_nothing(path):
    names = ("left", "right")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, name, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in names
    ]
    # Both wait until both have started, so that they also race to make the file.
    assert [process.stdout.readline() for process in started] == ["ready\n"] * 2
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        process.communicate(timeout=120)
        assert process.returncode == 0
    workspace = Workspace.open(path)
    sessions = workspace.sessions_of("C07")
    assert [kept.position for kept in sessions] == list(range(1, 31))
    assert {kept.analysis.transcript.id for kept in sessions} == {f"{name}-{n}" for name in names for n in range(15)}
    assert all(len(workspace.corrections_of(kept.id)) == 1 for kept in sessions)
    assert len(workspace.measures_of("C07")) == 30
    assert [file.name for file in path.parent.iterdir()] == [path.name]


CRASH = """
import os, sys
from pathlib import Path
from rupture.workspace_file import writing

with writing(Path(sys.argv[1])) as connection:
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("DELETE FROM sessions")
    connection.execute("INSERT INTO measures VALUES ('C07', 1, NULL, 'SRS', 1.0)")
    os._exit(7)
"""


def test_a_process_that_dies_while_writing_changes_nothing(workspace, path):
    for _ in range(10):
        workspace.save_session("C07", session(SENTINEL, 60))
    assert subprocess.run([sys.executable, "-c", CRASH, str(path)], cwd=ROOT).returncode == 7
    assert len(list(path.parent.iterdir())) == 2
    again = Workspace.open(path)
    assert len(again.sessions_of("C07")) == 10
    assert again.measures_of("C07") == ()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
