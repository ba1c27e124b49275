"""Makes a coding kit: a folder with everything a person needs to code some sessions blind, and nothing of what others coded.

Takes transcripts; never sees their codes, ratings or notes. Coders with the same seed get the same sessions, each in an order of
their own.
"""

import csv
import io
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rupture.analysis import Analysis, State
from rupture.coding.code_files.cells import inert
from rupture.coding.code_files.coded_sessions import HEADER
from rupture.coding.code_files.marks import RATINGS as RATING_COLUMNS
from rupture.coding.sessions import HELD_OUT, NOT_RATED, split_sessions
from rupture.coding.texts import transcripts_at
from rupture.coding.written import MARKS, turn_line
from rupture.errors import CorpusError
from rupture.exports.html import write as write_html
from rupture.exports.label_studio import label_config, label_studio
from rupture.kit import pages
from rupture.kit.manifest import Form, manifest_of, write_manifest
from rupture.resources import BLIND_CODES, SESSIONS
from rupture.transcript import Transcript, clean_speaker_names

_SHEET = ("session", "turn", "speaker", "text", "codes", "confidence")


def kit_sessions(part: str, cases: Path | None, number: int, seed: int) -> dict[str, Transcript]:
    """`number` sessions drawn by `seed`, or all if there are fewer: from our own ones of that part of the split, or from `cases`,
    transcripts of the user's own. CorpusError when there are none."""
    if cases:
        found = transcripts_at(cases)
    elif not SESSIONS.is_dir():
        raise CorpusError("this installation comes without our coded sessions; name transcripts of your own with --cases")
    elif part not in ("train", *HELD_OUT):
        raise CorpusError(f"there is no part {part!r} of our sessions; expected train, {', '.join(HELD_OUT)}")
    else:
        found = {session.transcript.id: session.transcript for session in split_sessions(SESSIONS, BLIND_CODES)[part]}
    ids = sorted(id for id, transcript in found.items() if transcript.turns)
    if not ids:
        raise CorpusError(f"{cases}: found no session with turns; expected transcripts")
    return {id: found[id] for id in random.Random(seed).sample(ids, min(number, len(ids)))}  # noqa: S311  # no secret


def make_kit(out: Path, sessions: Mapping[str, Transcript], *, form: Form, rater: str, seed: int, own: bool) -> None:
    """Writes the kit into the folder `out`, new or empty. `own` says that the sessions are the user's, and not invented.

    CorpusError when the folder holds something, or the form has no place for somebody who speaks.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CorpusError(f"{out}: is not an empty folder; name a new one, so that nothing is mixed up")
    ids = sorted(sessions)
    random.Random(f"{seed} {rater}").shuffle(ids)  # noqa: S311  # no secret
    ordered = {id: sessions[id] for id in ids}
    files = dict(_files(ordered, form))
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(data)
    (out / pages.README).write_text(pages.readme(form, len(ordered), rater, own=own), encoding="utf-8")
    write_manifest(out, manifest_of(ordered, rater, form, seed))


def _files(sessions: Mapping[str, Transcript], form: Form) -> Iterator[tuple[str, bytes]]:
    """The names and contents of all files but the first page and the manifest."""
    title, blocks = pages.codebook()
    yield pages.CODEBOOK, write_html(blocks, title).encode()
    for place, (id, transcript) in enumerate(sessions.items(), start=1):
        title, blocks = pages.session(transcript, place, len(sessions))
        yield f"{pages.TRANSCRIPTS}/{_file_name(place, id)}.html", write_html(blocks, title).encode(errors="replace")
        if form is Form.TXT:
            yield f"{pages.TEXTS}/{_file_name(place, id)}.txt", _text(transcript).encode()
    yield pages.RATINGS, _table(("session", *RATING_COLUMNS), [[inert(id), "", "", "", ""] for id in sessions])
    if form is Form.CSV:
        yield pages.SHEET, _table(_SHEET, [row for transcript in sessions.values() for row in _rows(transcript)])
    if form is Form.LABEL_STUDIO:
        tasks = [json.loads(label_studio(Analysis(t, State.NOT_ANALYSED)))[0]["data"] for t in sessions.values()]
        yield pages.TASKS, json.dumps([{"data": data} for data in tasks], ensure_ascii=False, indent=1).encode()
        yield pages.LABELS, label_config().encode()


def _file_name(place: int, id: str) -> str:
    return f"{place:03d}-{re.sub(r'[^A-Za-z0-9._-]+', '-', id)}"


def _rows(transcript: Transcript) -> Iterator[list[str]]:
    names = clean_speaker_names(transcript)
    for turn in transcript.turns:
        yield [inert(transcript.id), str(turn.index), names[turn.speaker], inert(turn.text), "", ""]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """CSV with the byte order mark by which Excel knows UTF-8."""
    page = io.StringIO(newline="")
    csv.writer(page).writerows([header, *rows])
    return page.getvalue().encode("utf-8-sig", errors="replace")


def _text(transcript: Transcript) -> str:
    """The session in our own form, without codes."""
    names = clean_speaker_names(transcript)
    lines = []
    for turn in transcript.turns:
        if names[turn.speaker] not in MARKS:
            raise CorpusError(
                f"session {transcript.id}, turn {turn.index} is spoken by {names[turn.speaker]}; the form txt has one therapist, "
                f"up to three clients and nobody else. Make the kit with --form csv"
            )
        lines.append(turn_line(names[turn.speaker], turn.text))
    return "\n".join([f"{HEADER}id: {transcript.id}", *lines, NOT_RATED, ""])
