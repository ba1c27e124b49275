"""Sessions of one client over time: all rules of the field over the scores on one scale, as one reading.

Takes the points of one scale, and perhaps how many client turns of each session met a marker's threshold; gives notes for a
clinician and what a figure needs. Scales are never mixed: a reading has one. Knows no screen, no file and no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite

from rupture.scales import Point, Scale, SeriesError, number
from rupture.series_notes import (
    Note,
    Scored,
    ceiling_notes,
    episode_notes,
    fusion_notes,
    limit_notes,
    missing_notes,
    reliable_notes,
    run_notes,
    threshold_notes,
)
from rupture.series_rules import REFERENCE, Limits, ScoreEpisode, combined_threshold, score_episodes, xmr_limits


@dataclass(frozen=True, slots=True)
class SeriesReading:
    """A series with its notes. `limits` has one entry a point, None where there are none; they and the references of `episodes`
    are in units of the form, so that where less is better the limits are upper ones. `drops` are sessions with a reliable drop,
    a score beyond the watch limit, or the onset or nadir of an episode of two SD: one SD comes about by chance too often."""

    scale: Scale
    points: tuple[Point, ...]
    notes: tuple[Note, ...]
    limits: tuple[Limits | None, ...]
    episodes: tuple[ScoreEpisode, ...]
    drops: frozenset[int]


def read_series(points: Sequence[Point], scale: Scale, markers: Mapping[int, int] | None = None) -> SeriesReading:
    """All rules over one scale's points, in order of sessions.

    `markers` maps each session that was analysed to how many of its client turns met a marker's threshold; ratings made from
    the same words are not compared with it, nor do they say anything where they are missing. SeriesError when sessions do not
    rise or a value lies outside the scale.
    """
    _check(points, scale)
    given = [(point.session, scale.turned(point.value)) for point in points if point.value is not None]
    scored = Scored(scale, tuple(session for session, _ in given), tuple(score for _, score in given))
    limits = {session: xmr_limits(scored.scores[:at]) for at, session in enumerate(scored.sessions)}
    once = combined_threshold(scored.scores, scale.sd, 1) if len(given) > REFERENCE else 0.0
    episodes = score_episodes(scored.sessions, scored.scores, once)
    notes = [*reliable_notes(scored), *limit_notes(scored, limits)]
    deep = {session for e in episodes if e.magnitude >= 2 * once for session in (e.onset, e.nadir)}
    drops = frozenset(deep.union(*(note.sessions for note in notes)))
    notes += [*threshold_notes(scored, once), *episode_notes(scored, episodes, once), *run_notes(scored), *ceiling_notes(scored)]
    if not scale.from_transcript:
        notes += [*missing_notes(points, drops), *fusion_notes(scored, drops, markers or {})]
    return SeriesReading(
        scale=scale,
        points=tuple(points),
        notes=tuple(notes),
        limits=tuple(_on_form(limits.get(point.session), scale) for point in points),
        episodes=tuple(replace(episode, reference=scale.turned(episode.reference)) for episode in episodes),
        drops=drops,
    )


def _check(points: Sequence[Point], scale: Scale) -> None:
    for before, after in pairwise(points):
        if after.session <= before.session:
            raise SeriesError(f"session {after.session} follows session {before.session}; give points in order, one a session")
    for point in points:
        if point.value is not None and not (isfinite(point.value) and scale.low <= point.value <= scale.high):
            raise SeriesError(
                f"session {point.session}: found {number(point.value)}, expected {number(scale.low)} to {number(scale.high)} on "
                f"{scale.name}; correct the score, or give it to the scale it was made on"
            )


def _on_form(limits: Limits | None, scale: Scale) -> Limits | None:
    """Limits in units of the form."""
    if limits is None:
        return None
    return replace(
        limits,
        centre=scale.turned(limits.centre),
        watch=scale.turned(limits.watch),
        strong=scale.turned(limits.strong),
        sturdy=scale.turned(limits.sturdy),
    )
