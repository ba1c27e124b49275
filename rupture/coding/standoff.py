"""Codes kept beside their text: `turn_codes.csv` and `session_ratings.csv`, keyed by transcript, utterance and rater.

A rater of a transcript is who rated the session; one who coded no turn of it is still a rater.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path
from statistics import mean

from rupture.codebook import BY_CODE
from rupture.coding.values import CodedSession, Rating, votes_of
from rupture.corrections import codes_for
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
    a file or column is missing, a turn, code or rating is none, or somebody coded a session without rating it."""
    codes: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(dict)
    path = folder / "turn_codes.csv"
    for row in rows(path, _CODE_COLUMNS):
        codes[row["transcript_id"], row["rater"]][_turn(path, row)] = _codes(path, row)
    raters: dict[str, dict[str, Coding]] = defaultdict(dict)
    ratings = folder / "session_ratings.csv"
    for row in rows(ratings, _RATING_COLUMNS):
        transcript, rater = row["transcript_id"], row["rater"]
        raters[session_id(transcript)][rater] = Coding(codes.pop((transcript, rater), {}), _rating(ratings, row))
    if codes:
        transcript, rater = min(codes)
        raise CorpusError(f"{path}: rater {rater} coded transcript {transcript} but did not rate it in session_ratings.csv")
    return dict(raters)


def coded_by(session: CodedSession, codings: Iterable[Coding]) -> CodedSession:
    """`session` with the votes and mean ratings of these raters instead of its own. CorpusError when one coded a
    turn it does not have, or gave a code that cannot stand on a turn of that role."""
    given = list(codings)
    for coding in given:
        _check_turns(session, coding)
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


def rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that must have `columns`."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, restval="")
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise CorpusError(
                    f"{path}: missing column {', '.join(sorted(missing))}; expected the columns {', '.join(columns)}"
                )
            return list(reader)
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file") from None


def _check_turns(session: CodedSession, coding: Coding) -> None:
    roles = {turn.index: turn.role for turn in session.transcript.turns}
    for turn, codes in coding.codes.items():
        if turn not in roles:
            raise CorpusError(f"session {session.transcript.id}: turn {turn} is coded, but the session has {len(roles)}, from 0")
        for code in codes:
            if code not in codes_for(roles[turn]):
                raise CorpusError(
                    f"session {session.transcript.id}, turn {turn}: {code} cannot stand on a turn of role {roles[turn].value}"
                )


def _turn(path: Path, row: Mapping[str, str]) -> int:
    try:
        return int(row["utterance_id"])
    except ValueError:
        raise CorpusError(
            f"{path}: transcript {row['transcript_id']} has the utterance id {row['utterance_id']!r}; expected a whole number"
        ) from None


def _codes(path: Path, row: Mapping[str, str]) -> list[str]:
    codes = row["codes"].replace(",", " ").replace(";", " ").split()
    for code in codes:
        if code not in BY_CODE:
            raise CorpusError(
                f"{path}: transcript {row['transcript_id']}, utterance {row['utterance_id']}: unknown code {code!r}; "
                f"known are {', '.join(BY_CODE)}"
            )
    return codes


def _rating(path: Path, row: Mapping[str, str]) -> Rating:
    resolution = None if row["resolution"] in ("", "-") else _number(path, row, "resolution")
    withdrawal, confrontation = _number(path, row, "withdrawal"), _number(path, row, "confrontation")
    return Rating(withdrawal, confrontation, resolution, _number(path, row, "therapist_contribution"))


def _number(path: Path, row: Mapping[str, str], column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = nan
    # Python reads "nan" as a number too, and it is in no range.
    if not 1 <= value <= 5:
        raise CorpusError(
            f"{path}: transcript {row['transcript_id']}, rater {row['rater']}: {column} is {row[column]!r}; "
            f"expected a number from 1 to 5"
        )
    return value
