"""The session over time as a plotly figure: both families a client turn, strategies as diamonds, episodes as bands. Holds no
words of it.
"""

from typing import Any

from rupture.analysis import Analysis
from rupture.codebook import BY_CODE, Family
from rupture.transcript import Role

_COLOURS = {Family.WITHDRAWAL: "#5b7fc7", Family.CONFRONTATION: "#c96a2b", Family.STRATEGY: "#4c9a6a"}
_GREY = "#8a8f98"
_FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif"


def timeline(analysis: Analysis) -> Any:
    """A plotly figure; None when nothing was scored. Colours are chosen to be legible on a light and on a dark page."""
    clients = [turn.index for turn in analysis.transcript.turns if turn.role is Role.CLIENT]
    if not analysis.scores or not clients:
        return None
    from plotly import graph_objects as go

    figure = go.Figure()
    for episode in analysis.episodes:
        figure.add_vrect(x0=episode.onset - 0.5, x1=episode.end + 0.5, fillcolor=_GREY, opacity=0.16, line_width=0, layer="below")
    for family, dash, symbol in ((Family.WITHDRAWAL, "solid", "circle"), (Family.CONFRONTATION, "dash", "triangle-up")):
        found = {f.turn for f in analysis.findings if any(BY_CODE[code].family is family for code in f.codes)}
        figure.add_scatter(
            x=clients,
            y=[analysis.scores[turn].get(family.value, 0.0) for turn in clients],
            name=family.value,
            mode="lines+markers",
            line={"color": _COLOURS[family], "width": 2, "dash": dash},
            marker={"symbol": symbol, "size": [11 if turn in found else 4 for turn in clients]},
            hovertemplate=f"turn %{{x}}<br>{family.value} %{{y:.2f}}<extra></extra>",
        )
    _add_strategies(figure, analysis)
    figure.update_layout(**_layout(len(analysis.transcript.turns)))
    return figure


def _add_strategies(figure: Any, analysis: Analysis) -> None:
    uses = [
        (f.turn, BY_CODE[code].label) for f in analysis.findings for code in f.codes if BY_CODE[code].family is Family.STRATEGY
    ]
    figure.add_scatter(
        x=[turn for turn, _ in uses],
        y=[-0.1] * len(uses),
        name="therapist answers",
        mode="markers",
        text=[label for _, label in uses],
        marker={"symbol": "diamond", "size": 9, "color": _COLOURS[Family.STRATEGY]},
        hovertemplate="turn %{x}<br>%{text}<extra></extra>",
    )


def _layout(turns: int) -> dict[str, Any]:
    axis = {"zeroline": False, "gridcolor": "rgba(138,143,152,0.18)", "fixedrange": True}
    return {
        "height": 210,
        "margin": {"l": 34, "r": 8, "t": 8, "b": 34},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 12, "color": _GREY},
        "hovermode": "closest",
        "dragmode": False,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        "xaxis": {**axis, "title": {"text": "turn", "standoff": 4}, "range": [-1, turns]},
        "yaxis": {**axis, "range": [-0.2, 1.05], "tickvals": [0, 0.5, 1], "ticktext": ["none", "half", "sure"]},
    }
