"""What the plotly figures of the screen share: colours that are legible on a light and on a dark page, bands for episodes, and
everything about the layout but what the axes say."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

BLUE, ORANGE, GREEN, GREY = "#5b7fc7", "#c96a2b", "#4c9a6a", "#8a8f98"
_FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif"
_AXIS: Mapping[str, Any] = {"zeroline": False, "gridcolor": "rgba(138,143,152,0.18)", "fixedrange": True}


class Stretch(Protocol):
    """Anything that goes from one place on the axis to another."""

    @property
    def onset(self) -> int:
        """Its first place."""

    @property
    def end(self) -> int:
        """Its last place."""


def add_bands(figure: Any, stretches: Iterable[Stretch]) -> None:
    """A pale band behind each stretch."""
    for stretch in stretches:
        figure.add_vrect(x0=stretch.onset - 0.5, x1=stretch.end + 0.5, fillcolor=GREY, opacity=0.16, line_width=0, layer="below")


def layout(left: int, xaxis: Mapping[str, Any], yaxis: Mapping[str, Any]) -> dict[str, Any]:
    """The layout of a figure with `left` pixels beside its y axis, and what is special about the axes."""
    return {
        "height": 210,
        "margin": {"l": left, "r": 8, "t": 8, "b": 34},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 12, "color": GREY},
        "hovermode": "closest",
        "dragmode": False,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        "xaxis": {**_AXIS, **xaxis},
        "yaxis": {**_AXIS, **yaxis},
    }
