"""Codes kept beside their text: `turn_codes.csv` and `session_ratings.csv`, keyed by transcript, utterance and rater.

A rater of a transcript is who rated the session; one who coded no turn of it is still a rater.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

from rupture.coding.values import CodedSession, Rating, votes_of
from rupture.errors import CorpusError

_CODE_COLUMNS = ("transcript_id", "utterance_id", "rater", "codes")
_RATING_COLUMNS = ("transcript_id", "rater", "withdrawal", "confrontation", "resolution", "therapist_contribution")


@dataclass(frozen=True, slots=True)
class Coding:
    """What one rater gave one session: codes by turn index, and the four ratings."""

    codes: Mapping[int, Sequence[str]]
    rating: Rating


Raters = Mapping[str, Mapping[str, Coding]]
"""Session id to its raters by name."""


def read_raters(folder: Path, session_id: Callable[[str], str] = str) -> dict[str, dict[str, Coding]]:
    """The raters of `folder`; `session_id` turns a transcript id of the files into the id its session has here. CorpusError when
    a file or column is missing, or somebody coded a session without rating it."""
    codes: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(dict)
    path = folder / "turn_codes.csv"
    for row in rows(path, _CODE_COLUMNS):
        given = row["codes"].replace(",", " ").replace(";", " ").split()
        codes[row["transcript_id"], row["rater"]][int(row["utterance_id"])] = given
    raters: dict[str, dict[str, Coding]] = defaultdict(dict)
    for row in rows(folder / "session_ratings.csv", _RATING_COLUMNS):
        transcript, rater = row["transcript_id"], row["rater"]
        raters[session_id(transcript)][rater] = Coding(codes.pop((transcript, rater), {}), _rating(row))
    if codes:
        transcript, rater = min(codes)
        raise CorpusError(f"{path}: rater {rater} coded transcript {transcript} but did not rate it in session_ratings.csv")
    return dict(raters)


def coded_by(session: CodedSession, codings: Iterable[Coding]) -> CodedSession:
    """`session` with the votes and mean ratings of these raters instead of its own."""
    given = list(codings)
    votes = votes_of([coding.codes for coding in given], session.transcript)
    return replace(session, votes=votes, rating=mean_rating([coding.rating for coding in given]))


def mean_rating(ratings: Sequence[Rating]) -> Rating:
    """Each rating averaged over raters; `resolution` over those who saw a rupture."""
    resolutions = [rating.resolution for rating in ratings if rating.resolution is not None]
    return Rating(
        mean(rating.withdrawal for rating in ratings),
        mean(rating.confrontation for rating in ratings),
        mean(resolutions) if resolutions else None,
        mean(rating.therapist_contribution for rating in ratings),
    )


def rows(path: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that must have `columns`."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise CorpusError(f"{path}: missing column {', '.join(sorted(missing))}; expected the file as published")
            return list(reader)
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file") from None


def _rating(row: Mapping[str, str]) -> Rating:
    resolution = float(row["resolution"]) if row["resolution"] not in ("", "-") else None
    return Rating(float(row["withdrawal"]), float(row["confrontation"]), resolution, float(row["therapist_contribution"]))
