"""The session over time as a plotly figure: both families a client turn, strategies as diamonds, episodes as bands. Holds no
words of it.
"""

from typing import Any

from rupture.analysis import Analysis
from rupture.codebook import BY_CODE, Family
from rupture.transcript import Role
from rupture.ui.figures import BLUE, GREEN, ORANGE, add_bands, layout

_COLOURS = {Family.WITHDRAWAL: BLUE, Family.CONFRONTATION: ORANGE, Family.STRATEGY: GREEN}


def timeline(analysis: Analysis) -> Any:
    """A plotly figure; None when nothing was scored. Colours are chosen to be legible on a light and on a dark page."""
    clients = [turn.index for turn in analysis.transcript.turns if turn.role is Role.CLIENT]
    if not analysis.scores or not clients:
        return None
    from plotly import graph_objects as go

    figure = go.Figure()
    add_bands(figure, analysis.episodes)
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
    figure.update_layout(
        **layout(
            34,
            {"title": {"text": "turn", "standoff": 4}, "range": [-1, len(analysis.transcript.turns)]},
            {"range": [-0.2, 1.05], "tickvals": [0, 0.5, 1], "ticktext": ["none", "half", "sure"]},
        )
    )
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
