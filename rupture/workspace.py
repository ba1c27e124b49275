"""Sessions of clients kept over time, only if the clinician wants it: one SQLite file on this machine.

Takes analyses, scores and corrections under a client's code, gives them back, and forgets them. Every call opens the file, does
its work and closes it, so that a Workspace may be used from any thread or process and nothing stands beside the file between
calls. The file is readable by its owner alone, but not encrypted. Knows no screen and no rule over scores.
"""

import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as calendar_date
from math import isfinite
from pathlib import Path

from rupture.analysis import Analysis
from rupture.corrections import Correction, CorrectionError, Verdict
from rupture.workspace_file import WorkspaceError, connected, erase, make_or_check, writing

_LONGEST_CODE = 40
_LONGEST_TITLE = 200
_MOST_SESSIONS = 10_000
# What stands at a position or after it moves on by one, a session with its scores. By way of negative numbers, since no two rows
# may have one position at any moment.
_MOVE_ON = (
    "UPDATE sessions SET position = -position - 1 WHERE client_code = :client AND position >= :place",
    "UPDATE sessions SET position = -position WHERE client_code = :client AND position < 0",
    "UPDATE measures SET position = -position - 1 WHERE client_code = :client AND position >= :place",
    "UPDATE measures SET position = -position WHERE client_code = :client AND position < 0",
)


@dataclass(frozen=True, slots=True)
class KeptSession:
    """One session of a client. `position` is its number among the client's sessions, from 1; `date` is ISO or None. `analysis`
    is None when what was kept cannot be read, and `problem` then says so."""

    id: int
    client: str
    position: int
    date: str | None
    title: str
    analysis: Analysis | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One form of a client: the score on a scale at the session with that position; None for a form that was left out."""

    client: str
    position: int
    date: str | None
    scale: str
    value: float | None


@dataclass(frozen=True, slots=True)
class KeptCorrection:
    """The reader's last word on a turn, and when (UTC, ISO). `correction` is None when it cannot be read; `problem` says so."""

    turn: int
    correction: Correction | None
    at: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The file at `path`, an absolute one; `open` makes or checks it. Every method raises WorkspaceError when it cannot be
    used."""

    path: Path

    @classmethod
    def open(cls, path: Path) -> "Workspace":
        """The workspace at `path`, made if there is none: the file for its owner alone, and so its folder if that is made too.

        WorkspaceError, with the file untouched, when it is of a newer version, damaged or not a workspace.
        """
        path = path.resolve()
        make_or_check(path)
        return cls(path)

    def save_session(
        self, client: str, analysis: Analysis, date: str | None = None, title: str = "", position: int | None = None
    ) -> int:
        """Keeps the whole analysis with its transcript; its id. WorkspaceError when the `position` is taken.

        Without a position it stands where its date belongs, if all sessions of the client have dates and stand in their order,
        and else after the last one. Those after it move on by one where they must, each with its scores.
        """
        client, date, title = client_code(client), _iso(date), _one_line(title)
        written = json.dumps(analysis.to_dict()).encode()
        with writing(self.path) as connection:
            query = "SELECT position, date FROM sessions WHERE client_code = ? ORDER BY position"
            others = connection.execute(query, (client,)).fetchall()
            place = _position(_place(others, date) if position is None else position)
            if place in dict(others):
                if position is not None:
                    raise WorkspaceError(f"session {place} of this client is kept already; give another position, or none")
                _position(others[-1][0] + 1)
                for statement in _MOVE_ON:
                    connection.execute(statement, {"client": client, "place": place})
            row = connection.execute(
                "INSERT INTO sessions (client_code, position, date, title, analysis) VALUES (?, ?, ?, ?, ?)",
                (client, place, date, title, written),
            )
            return int(row.lastrowid or 0)

    def sessions_of(self, client: str) -> tuple[KeptSession, ...]:
        """The client's sessions in order of position."""
        client = client_code(client)
        query = "SELECT id, position, date, title, analysis FROM sessions WHERE client_code = ? ORDER BY position"
        with connected(self.path) as connection:
            rows = connection.execute(query, (client,)).fetchall()
        return tuple(KeptSession(id, client, at, day, title, *_analysis(written, at)) for id, at, day, title, written in rows)

    def clients(self) -> tuple[str, ...]:
        """Codes of all clients of whom anything is kept, in order."""
        query = "SELECT client_code FROM sessions UNION SELECT client_code FROM measures ORDER BY client_code"
        with connected(self.path) as connection:
            return tuple(code for (code,) in connection.execute(query))

    def save_measure(self, client: str, scale: str, position: int, value: float | None, date: str | None = None) -> None:
        """Keeps a score, in place of an earlier one on the same scale at the same session."""
        if value is not None and not isfinite(value):
            raise WorkspaceError("found a score that is not a number; give a number, or none for a form that was left out")
        if not 0 < len(scale) <= _LONGEST_CODE or not scale.isprintable():
            raise WorkspaceError(f"expected the name of a scale in at most {_LONGEST_CODE} characters")
        row = (client_code(client), _position(position), _iso(date), scale, value)
        with writing(self.path) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO measures (client_code, position, date, scale, value) VALUES (?, ?, ?, ?, ?)", row
            )

    def measures_of(self, client: str) -> tuple[Measure, ...]:
        """The client's scores by scale and position."""
        query = "SELECT client_code, position, date, scale, value FROM measures WHERE client_code = ? ORDER BY scale, position"
        with connected(self.path) as connection:
            return tuple(Measure(*row) for row in connection.execute(query, (client_code(client),)))

    def save_corrections(self, session: int, corrections: Mapping[int, Correction | None]) -> None:
        """Keeps the reader's word by turn, each in place of an earlier one; None takes it back. Other turns stay as they are."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with writing(self.path) as connection:
            if connection.execute("SELECT 1 FROM sessions WHERE id = ?", (session,)).fetchone() is None:
                raise WorkspaceError("the session these corrections belong to is not kept here; keep the session first")
            for turn, correction in corrections.items():
                connection.execute("DELETE FROM corrections WHERE session = ? AND turn = ?", (session, turn))
                if correction:
                    row = (session, turn, correction.verdict.value, " ".join(correction.codes), at)
                    connection.execute("INSERT INTO corrections (session, turn, verdict, codes, at) VALUES (?, ?, ?, ?, ?)", row)

    def corrections_of(self, session: int) -> tuple[KeptCorrection, ...]:
        """The reader's word on the session's turns, in their order."""
        query = "SELECT turn, verdict, codes, at FROM corrections WHERE session = ? ORDER BY turn"
        with connected(self.path) as connection:
            return tuple(_correction(*row) for row in connection.execute(query, (session,)))

    def forget_session(self, session: int) -> None:
        """Removes a session with its transcript, its corrections and the scores given at it, and writes the file anew as
        `forget_client` does; nothing happens when it is not kept.

        The others keep their positions, and a gap stays: a clinician knows the sessions by their numbers and types scores in
        under them, before the session is kept as well. Its own scores go along, or the next session to get its number would be
        taken to have them.
        """
        with writing(self.path) as connection:
            connection.execute(
                "DELETE FROM measures WHERE (client_code, position) = (SELECT client_code, position FROM sessions WHERE id = ?)",
                (session,),
            )
            connection.execute("DELETE FROM sessions WHERE id = ?", (session,))
        self._write_anew()

    def forget_client(self, client: str) -> None:
        """Removes all that is kept of a client, and writes the file anew so that no byte of it stays in there. What it cannot
        reach is what `forget_everything` cannot, and blocks the file used to occupy on the disk."""
        client = client_code(client)
        with writing(self.path) as connection:
            connection.execute("DELETE FROM sessions WHERE client_code = ?", (client,))
            connection.execute("DELETE FROM measures WHERE client_code = ?", (client,))
        self._write_anew()

    def forget_everything(self) -> None:
        """Overwrites the file and all beside it with zeros, then deletes them; `open` makes a new one.

        It cannot promise more than that: backups, snapshots and copies stay where they are, and a disk that moves its blocks
        about (SSD wear levelling, copy-on-write) or blocks that earlier journals occupied may hold old bytes. Only an encrypted
        disk helps there.
        """
        erase(self.path)

    def _write_anew(self) -> None:
        """Without what was deleted: SQLite leaves copies of rows it moved in the gaps of its pages."""
        with connected(self.path) as connection:
            connection.execute("VACUUM")


def client_code(code: str) -> str:
    """`code` as it is kept. WorkspaceError unless it has 1 to 40 printable characters, and when it looks like an e-mail address
    or a full name (two capitalised words). That catches slips; it cannot know every name."""
    code = unicodedata.normalize("NFC", code.strip())
    if not 0 < len(code) <= _LONGEST_CODE or not code.isprintable():
        raise WorkspaceError(
            f"expected a client code of 1 to {_LONGEST_CODE} characters, found {len(code)}; try a short one like C07"
        )
    words = re.findall(r"[^\W\d_]+", code)
    if "@" in code or sum(word[0].isupper() and any(map(str.islower, word)) for word in words) > 1:
        raise WorkspaceError(
            "the client code looks like a full name or an e-mail address; choose one that names nobody, like C07"
        )
    return code


def _place(others: Sequence[tuple[int, str | None]], date: str | None) -> int:
    """The position of a session of `date` among `others`, (position, date) in order of position: after the last one that is not
    later, as long as dates tell the order; else after all of them."""
    days = [day for _, day in others if day]
    if date is None or len(days) < len(others) or days != sorted(days):
        return others[-1][0] + 1 if others else 1
    before = bisect_right(days, date)
    return others[before - 1][0] + 1 if before else 1


def _position(position: int) -> int:
    if not 1 <= position <= _MOST_SESSIONS:
        raise WorkspaceError(f"found session {position}; sessions of a client are numbered from 1 to {_MOST_SESSIONS:,}")
    return position


def _iso(day: str | None) -> str | None:
    """`day` as YYYY-MM-DD, or None."""
    try:
        return calendar_date.fromisoformat(day).isoformat() if day else None
    except ValueError as error:
        raise WorkspaceError("found a date that is none, expected one like 2026-03-31, or no date") from error


def _one_line(title: str) -> str:
    """`title` without line breaks and what cannot be printed, cut where it is too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in title).split())[:_LONGEST_TITLE]


def _analysis(written: bytes, position: int) -> tuple[Analysis | None, str]:
    """What was kept as an analysis, or why it cannot be read."""
    try:
        return Analysis.from_dict(json.loads(written)), ""
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None, f"What was kept of session {position} is damaged or of another version and cannot be shown; the rest can."


def _correction(turn: int, verdict: str, codes: str, at: str) -> KeptCorrection:
    try:
        return KeptCorrection(turn, Correction(turn, Verdict(verdict), tuple(codes.split())), at)
    except (ValueError, CorrectionError):
        return KeptCorrection(turn, None, at, f"What was noted on turn {turn} is damaged or of another version.")
