"""A client's sessions over time for the screen: one plotly figure a scale, and the notes of the rules as HTML. Pure.

The figures hold numbers and the scale's name, no label and no word of a session; in the HTML every word goes through `safe`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rupture.escape import safe
from rupture.scales import number
from rupture.series import SeriesReading
from rupture.series_notes import Note
from rupture.ui.figures import BLUE, GREY, ORANGE, add_bands, layout


def series_figure(readings: Sequence[SeriesReading]) -> tuple[Any, ...]:
    """A plotly figure for each reading, in their order, all over the same sessions so that they can be read one above another.
    Colours are chosen to be legible on a light and on a dark page."""
    sessions = [point.session for reading in readings for point in reading.points]
    span = [min(sessions) - 0.6, max(sessions) + 0.6] if sessions else [0.4, 1.6]
    return tuple(_figure(reading, span) for reading in readings)


def series_html(readings: Sequence[SeriesReading], path: Path) -> str:
    """The notes and scores of each reading, of which there is at least one; `path` is the file they are kept in."""
    kept = f"Kept in {safe(path)} on this machine because you asked for it, until you have it forgotten."
    about = (
        "Rules of thumb over few numbers; the field has no agreed standard for them. They may give a reason to ask, and say "
        "nothing certain about anybody. A lower score does not show that something went wrong in the session: ask about the "
        "time between sessions as well."
    )
    parts = "".join(_reading(reading) for reading in readings)
    return f'<div class="series"><p>{about}</p>{parts}<p class="basis">{kept}</p></div>'


def _reading(reading: SeriesReading) -> str:
    found = sorted((n for n in reading.notes if n.sessions), key=lambda n: (not n.strong, -n.sessions[-1]))
    general = [n for n in reading.notes if not n.sessions]
    notes = (
        f"<ul>{''.join(map(_note, found))}</ul>" if found else "<p>No rule met its threshold. Strain can go by without that.</p>"
    )
    folded = f"<details><summary>About these rules here</summary><ul>{''.join(map(_note, general))}</ul></details>"
    return (
        f'<section><h3>{safe(reading.scale.name)}</h3><p class="basis">{safe(reading.scale.source)}</p>'
        f"{notes}{folded if general else ''}{_table(reading)}</section>"
    )


def _note(note: Note) -> str:
    where = f"Session{'s' if len(note.sessions) > 1 else ''} {', '.join(map(str, note.sessions))} · " if note.sessions else ""
    kind = ' class="strong"' if note.strong else ""
    weak = f'<span class="basis">Where this is weak: {safe(note.weakness)}</span>'
    return f"<li{kind}><b>{safe(where)}{safe(note.rule)}.</b> {safe(note.text)} {weak}</li>"


def _table(reading: SeriesReading) -> str:
    """What the figure shows, for those who read rather than look."""
    rows = "".join(
        f"<tr><td>{point.session}</td><td>{safe(point.label)}</td>"
        f"<td>{'no score' if point.value is None else number(point.value)}</td>"
        f"<td>{'worse than usual' if point.session in reading.drops else ''}</td></tr>"
        for point in reading.points
    )
    head = "<tr><th>Session</th><th>Called</th><th>Score</th><th>Marked</th></tr>"
    return f"<details><summary>The scores as a table</summary><table>{head}{rows}</table></details>"


def _figure(reading: SeriesReading, span: list[float]) -> Any:
    from plotly import graph_objects as go

    scale, points = reading.scale, reading.points
    figure = go.Figure()
    add_bands(figure, reading.episodes)
    sessions = [point.session for point in points]
    for name, dash in (("watch", "dot"), ("strong", "dash")):
        figure.add_scatter(
            x=sessions,
            y=[limits and getattr(limits, name) for limits in reading.limits],
            name=f"{name} limit",
            mode="lines+markers",
            line={"color": GREY, "width": 1.5, "dash": dash, "shape": "hvh"},
            marker={"symbol": "line-ew-open", "size": 8, "color": GREY},
            hovertemplate=f"session %{{x}}<br>{name} limit %{{y:.4~g}}<extra></extra>",
        )
    dropped = [point.session in reading.drops for point in points]
    worse = "triangle-down" if scale.higher_is_better else "triangle-up"
    figure.add_scatter(
        x=sessions,
        y=[point.value for point in points],
        name="score",
        mode="lines+markers",
        line={"color": BLUE, "width": 2},
        marker={
            "symbol": [worse if drop else "circle" for drop in dropped],
            "color": [ORANGE if drop else BLUE for drop in dropped],
            "size": [13 if drop else 7 for drop in dropped],
        },
        hovertemplate="session %{x}<br>score %{y:.4~g}<extra></extra>",
    )
    missing = [point.session for point in points if point.value is None]
    figure.add_scatter(
        x=missing,
        y=[scale.low] * len(missing),
        name="no score",
        mode="markers",
        marker={"symbol": "x-thin-open", "size": 9, "color": GREY},
        hovertemplate="session %{x}<br>no score<extra></extra>",
    )
    margin = 0.06 * (scale.high - scale.low)
    sessions_axis = {"title": {"text": "session", "standoff": 4}, "range": span, "dtick": 1 if span[1] - span[0] < 25 else 5}
    scores_axis = {"title": {"text": scale.name, "standoff": 4}, "range": [scale.low - margin, scale.high + margin]}
    figure.update_layout(**layout(52, sessions_axis, scores_axis))
    return figure
