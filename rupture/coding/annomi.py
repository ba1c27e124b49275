"""Reads AnnoMI (Wu et al. 2022, 2023; text by others, never in this repository) with this project's codes for it.

Codes are model raters', not clinicians'. The text comes from the `annomi.csv` the user names; the codes, folds and ratings
are the
repository's own stand-off files, keyed by transcript and utterance id.
"""

from collections import defaultdict
from pathlib import Path

from rupture.coding.standoff import coded_by, read_raters, rows
from rupture.coding.values import CodedSession
from rupture.errors import CorpusError
from rupture.transcript import Role, Transcript, Turn

_TEXT_COLUMNS = (
    "transcript_id",
    "utterance_id",
    "interlocutor",
    "timestamp",
    "utterance_text",
    "topic",
    "main_therapist_behaviour",
    "client_talk_type",
)


def read_annomi(text: Path, annotations: Path) -> list[CodedSession]:
    """Every transcript of `text` that has codes in the folder `annotations`, by ascending id.

    `annotations` holds `turn_codes.csv`, `session_ratings.csv` and `folds.csv`. CorpusError when a file or column is missing.
    """
    turns = _transcripts(text)
    raters = read_raters(annotations, session_id)
    sessions = []
    for key in sorted(_folds(annotations), key=int):
        if key not in turns:
            raise CorpusError(f"{text}: transcript {key} is coded but not in this file; expected the public AnnoMI csv")
        transcript, utterances = turns[key]
        if transcript.id not in raters:
            raise CorpusError(f"{annotations / 'session_ratings.csv'}: transcript {key} has a fold but no ratings")
        session = CodedSession(
            transcript,
            votes=(),
            rating=None,
            source="annomi",
            setting=utterances[0]["topic"],
            acts=tuple(row["main_therapist_behaviour"] or row["client_talk_type"] for row in utterances),
        )
        sessions.append(coded_by(session, raters[transcript.id].values()))
    return sessions


def fold_ids(annotations: Path) -> dict[str, int]:
    """Session id, as in `read_annomi`, to its fold, 1 to 5: grouped by source video, balanced by quality."""
    return {session_id(key): fold for key, fold in _folds(annotations).items()}


def session_id(transcript: str) -> str:
    """The id a session has here, from its AnnoMI transcript id."""
    return f"annomi-{transcript}"


def _folds(annotations: Path) -> dict[str, int]:
    return {row["transcript_id"]: int(row["fold"]) for row in rows(annotations / "folds.csv", ("transcript_id", "fold"))}


def _transcripts(path: Path) -> dict[str, tuple[Transcript, list[dict[str, str]]]]:
    """Each transcript with its rows."""
    by_transcript: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(path, _TEXT_COLUMNS):
        by_transcript[row["transcript_id"]].append(row)
    transcripts = {}
    for key, utterances in by_transcript.items():
        if unknown := {row["interlocutor"] for row in utterances} - {role.value for role in Role}:
            raise CorpusError(f"{path}: transcript {key} has the interlocutor {min(unknown)!r}; expected therapist or client")
        if [row["utterance_id"] for row in utterances] != [str(number) for number in range(len(utterances))]:
            raise CorpusError(f"{path}: utterance ids of transcript {key} are not 0, 1, 2 … in order")
        transcripts[key] = Transcript(session_id(key), tuple(map(_turn, utterances))), utterances
    return transcripts


def _turn(row: dict[str, str]) -> Turn:
    speaker = row["interlocutor"]
    number, start = int(row["utterance_id"]), _seconds(row["timestamp"])
    return Turn(number, speaker.capitalize(), Role(speaker), row["utterance_text"], start=start)


def _seconds(stamp: str) -> float | None:
    parts = stamp.split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    hours, minutes, seconds = (int(part) for part in parts)
    return float(hours * 3600 + minutes * 60 + seconds)
