"""Reads AnnoMI (Wu et al. 2022, 2023; text by others, never in this repository) with this project's codes for it.

Codes are model raters', not clinicians'. The text comes from the `annomi.csv` the user names; the codes, folds and ratings
are the
repository's own stand-off files, keyed by transcript and utterance id.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean

from rupture.coding.values import CodedSession, Rating, votes_of
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
    raters = _raters(annotations / "session_ratings.csv")
    codes = _turn_codes(annotations / "turn_codes.csv")
    sessions = []
    for key in sorted(_folds(annotations), key=int):
        if key not in turns:
            raise CorpusError(f"{text}: transcript {key} is coded but not in this file; expected the public AnnoMI csv")
        if key not in raters:
            raise CorpusError(f"{annotations / 'session_ratings.csv'}: transcript {key} has a fold but no ratings")
        transcript, utterances = turns[key]
        sessions.append(
            CodedSession(
                transcript,
                votes_of([codes.get((key, rater), {}) for rater in raters[key]], transcript),
                _rating(list(raters[key].values())),
                source="annomi",
                setting=utterances[0]["topic"],
                acts=tuple(row["main_therapist_behaviour"] or row["client_talk_type"] for row in utterances),
            )
        )
    return sessions


def fold_ids(annotations: Path) -> dict[str, int]:
    """Session id, as in `read_annomi`, to its fold, 1 to 5: grouped by source video, balanced by quality."""
    return {session_id(key): fold for key, fold in _folds(annotations).items()}


def session_id(transcript: str) -> str:
    """The id a session has here, from its AnnoMI transcript id."""
    return f"annomi-{transcript}"


def _folds(annotations: Path) -> dict[str, int]:
    rows = _rows(annotations / "folds.csv", ("transcript_id", "fold"))
    return {row["transcript_id"]: int(row["fold"]) for row in rows}


def _transcripts(path: Path) -> dict[str, tuple[Transcript, list[dict[str, str]]]]:
    """Each transcript with its rows."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(path, _TEXT_COLUMNS):
        rows[row["transcript_id"]].append(row)
    transcripts = {}
    for key, utterances in rows.items():
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


def _turn_codes(path: Path) -> dict[tuple[str, str], dict[int, list[str]]]:
    """(transcript, rater) to that rater's codes by utterance id."""
    coded: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(dict)
    for row in _rows(path, ("transcript_id", "utterance_id", "rater", "codes")):
        coded[row["transcript_id"], row["rater"]][int(row["utterance_id"])] = (
            row["codes"].replace(",", " ").replace(";", " ").split()
        )
    return coded


def _raters(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Transcript to its raters, each with the session ratings given. A rater who coded no turn is still a rater."""
    rated: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in _rows(path, ("transcript_id", "rater", "withdrawal", "confrontation", "resolution", "therapist_contribution")):
        rated[row["transcript_id"]][row["rater"]] = row
    return rated


def _rating(rows: Sequence[dict[str, str]]) -> Rating:
    resolutions = [float(row["resolution"]) for row in rows if row["resolution"]]
    return Rating(
        mean(float(row["withdrawal"]) for row in rows),
        mean(float(row["confrontation"]) for row in rows),
        mean(resolutions) if resolutions else None,
        mean(float(row["therapist_contribution"]) for row in rows),
    )


def _rows(path: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise CorpusError(f"{path}: missing column {', '.join(sorted(missing))}; expected the file as published")
            return list(reader)
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file") from None
