"""From analyses to the rows of the data set: the one place that says what a row of each table is (see docs/scores.md). Knows
neither files nor who analysed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from rupture.analysis import Analysis
from rupture.batch import json_line
from rupture.codebook import CODES, Family
from rupture.errors import MissingPackage
from rupture.transcript import clean_speaker_names, word_count

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA = 1
"""Counted up when a column changes its meaning or goes; columns may be added to a table at its end."""
SESSIONS, TURNS, EPISODES, SET_ASIDE = TABLES = ("sessions", "turns", "episodes", "set_aside")
SCORES = ("rupture", *(f for f in Family if f is not Family.STRATEGY), Family.STRATEGY, *(code.code for code in CODES))
"""Names of the scores; each is a column `p_NAME` of the turns, empty where the turn was not scored for it."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A session that has no analysis, and why; `kind` is `unreadable`, `failed`, `crashed` or `slow`."""

    id: str
    kind: str
    reason: str


@cache
def schemas() -> "Mapping[str, pa.Schema]":
    """The columns of each table. MissingPackage without pyarrow."""
    try:
        import pyarrow as pa
    except ImportError:
        raise MissingPackage("Parquet", "ray") from None

    texts, small = pa.list_(pa.string()), pa.int32()
    columns = {
        SESSIONS: {
            **{"session_id": pa.string(), "state": pa.string(), "notes": texts, "turns": small, "words": small},
            **dict.fromkeys(("withdrawal", "confrontation", "resolution", "therapist_contribution"), pa.int8()),
            "top_moments": pa.list_(small),
            "talk_share": pa.list_(pa.struct({"speaker": pa.string(), "share": pa.float64()})),
            **{"episodes": small, "model_id": pa.string(), "model_digest": pa.string(), "json_sha256": pa.string()},
        },
        TURNS: {
            **{"session_id": pa.string(), "turn": small, "role": pa.string(), "speaker": pa.string(), "line": small},
            **{"start": pa.float64(), "words": small, "codes": texts, "hints": texts, "components": texts},
            "evidence": pa.list_(pa.struct({"start": small, "end": small})),
            **{"risk": texts, "bias": pa.bool_(), "top_moment": pa.bool_(), "label": pa.string(), "text": pa.string()},
            **{f"p_{name}": pa.float64() for name in SCORES},
        },
        EPISODES: {
            **{"session_id": pa.string(), "episode": small, "onset": small, "peak": small, "end": small, "speakers": texts},
            **{"family": pa.string(), "codes": texts, "severity": pa.int8(), "resolved": pa.int8()},
            "strategies": pa.list_(pa.struct({"turn": small, "code": pa.string()})),
        },
        SET_ASIDE: {"session_id": pa.string(), "kind": pa.string(), "reason": pa.string()},
    }
    version = {"rupture_schema": str(SCHEMA)}
    return {table: pa.schema(list(fields.items()), metadata=version) for table, fields in columns.items()}


def tables_of(analyses: Sequence[Analysis], aside: Sequence[SetAside] = (), *, words: bool) -> "dict[str, pa.Table]":
    """The rows of each table that has any. With `words` the turns carry their text and the labels of the input; without, neither,
    and speakers are Therapist, Client, Client A. Words are kept of every session or of none."""
    import pyarrow as pa

    rows: dict[str, list[dict[str, Any]]] = {
        SESSIONS: [_session(analysis) for analysis in analyses],
        TURNS: [row for analysis in analyses for row in _turns(analysis, words)],
        EPISODES: [row for analysis in analyses for row in _episodes(analysis)],
        SET_ASIDE: [{"session_id": plain_id(a.id), "kind": a.kind, "reason": plain_id(a.reason)} for a in aside],
    }
    return {table: pa.Table.from_pylist(found, schemas()[table]) for table, found in rows.items() if found}


def plain_id(id: str) -> str:
    """The id, or other text, as Parquet can hold it: half a surrogate pair, which UTF-8 has not, in its backslash form."""
    return id.encode(errors="backslashreplace").decode()


def _session(analysis: Analysis) -> dict[str, Any]:
    transcript, session, model = analysis.transcript, analysis.session, analysis.model
    names = clean_speaker_names(transcript)
    return {
        "session_id": plain_id(transcript.id),
        "state": analysis.state.value,
        "notes": [plain_id(note) for note in analysis.notes],
        "turns": len(transcript.turns),
        "words": word_count(transcript.turns),
        "withdrawal": session.withdrawal if session else None,
        "confrontation": session.confrontation if session else None,
        "resolution": session.resolution if session else None,
        "therapist_contribution": session.therapist_contribution if session else None,
        "top_moments": list(analysis.top_moments),
        "talk_share": [{"speaker": names[speaker], "share": share} for speaker, share in analysis.talk_share.items()],
        "episodes": len(analysis.episodes),
        "model_id": model.id if model else None,
        "model_digest": model.digest if model else None,
        "json_sha256": sha256(json_line(analysis.to_dict())).hexdigest(),
    }


def _turns(analysis: Analysis, words: bool) -> list[dict[str, Any]]:
    names = clean_speaker_names(analysis.transcript)
    findings = {finding.turn: finding for finding in analysis.findings}
    bias = {notice.turn: notice.plain for notice in analysis.bias}
    risk: dict[int, list[str]] = {}
    for notice in analysis.risk:
        risk.setdefault(notice.turn, []).append(notice.kind)
    rows = []
    for turn in analysis.transcript.turns:
        found, scores = findings.get(turn.index), analysis.scores[turn.index] if analysis.scores else {}
        rows.append(
            {
                "session_id": plain_id(analysis.transcript.id),
                "turn": turn.index,
                "role": turn.role.value,
                "speaker": names[turn.speaker],
                "line": turn.line,
                "start": turn.start,
                "words": len(turn.text.split()),
                "codes": list(found.codes) if found else [],
                "hints": list(found.hints) if found else [],
                "components": [component.value for component in found.components] if found else [],
                "evidence": [{"start": start, "end": end} for start, end in found.evidence] if found else [],
                "risk": risk.get(turn.index, []),
                "bias": bias.get(turn.index),
                "top_moment": turn.index in analysis.top_moments,
                "label": plain_id(turn.speaker) if words else None,
                "text": plain_id(turn.text) if words else None,
                **{f"p_{name}": scores.get(name) for name in SCORES},
            }
        )
    return rows


def _episodes(analysis: Analysis) -> list[dict[str, Any]]:
    names = clean_speaker_names(analysis.transcript)
    return [
        {
            "session_id": plain_id(analysis.transcript.id),
            "episode": position,
            **{"onset": episode.onset, "peak": episode.peak, "end": episode.end},
            "speakers": [names[speaker] for speaker in episode.speakers],
            "family": episode.family,
            "codes": list(episode.codes),
            **{"severity": episode.severity, "resolved": episode.resolved},
            "strategies": [{"turn": use.turn, "code": use.code} for use in episode.strategies],
        }
        for position, episode in enumerate(analysis.episodes)
    ]
