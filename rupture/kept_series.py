"""From what is kept of a client to its series: one a scale, read by the rules. Pure; knows no file and no screen."""

from collections.abc import Sequence

from rupture.scales import SCALES, Point
from rupture.series import SeriesReading, read_series
from rupture.workspace import KeptSession, Measure


def series_of(sessions: Sequence[KeptSession], measures: Sequence[Measure]) -> tuple[SeriesReading, ...]:
    """A reading for each scale that has a point, in the order of SCALES: ratings of the sessions that could be read, and the
    scores that were typed in. How many client turns met a marker's threshold goes along for the rule that looks at both."""
    markers = {kept.position: len(kept.analysis.moments) for kept in sessions if kept.analysis}
    labels = {kept.position: kept.date or f"session {kept.position}" for kept in sessions}
    found = []
    for name, scale in SCALES.items():
        if scale.from_transcript:
            rated = [(kept.position, kept.analysis.session) for kept in sessions if kept.analysis]
            given = [(at, getattr(rating, name)) for at, rating in rated if rating]
        else:
            given = [(measure.position, measure.value) for measure in measures if measure.scale == name]
        points = [Point(at, value, labels.get(at, f"session {at}")) for at, value in given]
        if points:
            found.append(read_series(points, scale, markers))
    return tuple(found)
