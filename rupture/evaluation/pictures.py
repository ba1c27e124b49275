"""The pictures beside a report, written out as SVG: a reliability diagram, and which marker was taken for which.

Takes plain numbers as `scores.json` holds them and gives text. The background is white, so that both read on a dark page too;
nothing is told by colour alone. Knows the labels of the codebook, and nothing of runs, files or sessions.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import sqrt

from rupture.codebook import BY_CODE
from rupture.evaluation.markdown import count, number

Point = Mapping[str, float]
Place = tuple[float, float]

SIDE, LEFT, TOP = 360, 64, 48
"""The square of the reliability diagram, and where its upper left corner lies."""
RADIUS = 6
"""Of the point that stands for the most turns; the area of the others follows their number."""
CELL, CELLS_LEFT, CELLS_TOP = 40, 240, 96
"""A cell of the heat map, and where the first one lies."""

_INK, _QUIET, _FAINT, _RULE = "#1a1a1a", "#5c5c5c", "#767676", "#d0d0d0"
_FOOT = 76
_LEGEND, _LINE = 200, 22
# Told apart with colour-blind eyes (Okabe and Ito 2008), and by the dashes of the line.
_STROKES = (("#0072b2", ""), ("#b34700", "8 4"), ("#00704f", "2 4"), ("#a3457f", "10 4 2 4"), (_INK, "4 2"))
_DARK = 0.7
"""Share of its row from which a cell is dark enough for white figures."""
_SHADE = ((255, 255, 255), (8, 64, 129))


def reliability(title: str, curves: Mapping[str, Sequence[Point]]) -> str:
    """A reliability diagram of points `score`, `rate`, `n`, one line a label. On the diagonal, scores mean what they say."""
    most = max((point["n"] for points in curves.values() for point in points), default=1)
    foot = f"Area of a point: turns, {count(int(most))} at most. Dotted diagonal: scores that mean what they say."
    corner, end = (LEFT, TOP + SIDE), (LEFT + SIDE, TOP)
    parts = [
        *_axes(),
        _line(corner, end, stroke=_QUIET, dashes="1 4"),
        *(part for place, (label, points) in enumerate(curves.items()) for part in _curve(place, label, points, most)),
        _text(LEFT, TOP + SIDE + _FOOT - 14, foot, fill=_QUIET),
    ]
    return _svg(title, LEFT + SIDE + 24 + _LEGEND, TOP + SIDE + _FOOT, parts)


def confusion(title: str, counts: Mapping[str, Mapping[str, int]]) -> str:
    """A heat map of turns: `counts[reference][detector]`, shaded by the share of the reference's row."""
    names = list(counts)
    wide, bottom = CELLS_LEFT + CELL * len(names), CELLS_TOP + CELL * len(names)
    parts = [
        _text(CELLS_LEFT - 10, CELLS_TOP - 36, "reference ↓", anchor="end", fill=_QUIET),
        _text(CELLS_LEFT, CELLS_TOP - 36, "what the detector coded →", fill=_QUIET),
        _text(wide + 60, CELLS_TOP - 12, "turns", anchor="end", fill=_QUIET),
        *(_text(_middle(CELLS_LEFT, place), CELLS_TOP - 12, name, anchor="middle") for place, name in enumerate(names)),
    ]
    for place, name in enumerate(names):
        y, turns = _middle(CELLS_TOP, place) + 4, sum(counts[name].values())
        label = f"{name} {BY_CODE[name].label}" if name in BY_CODE else name
        parts += [_text(CELLS_LEFT - 10, y, label, anchor="end"), _text(wide + 60, y, count(turns), anchor="end", fill=_QUIET)]
        for column, coded in enumerate(names):
            parts.append(_cell(place, column, counts[name].get(coded, 0), turns))
    parts += [_rect(_left(place), _left(place, CELLS_TOP), CELL, CELL, "none", _INK) for place in range(len(names))]
    parts.append(_text(CELLS_LEFT, bottom + 28, "Shade: share of the row. Framed: both say the same.", fill=_QUIET))
    return _svg(title, wide + 84, bottom + 48, parts)


def _axes() -> Iterator[str]:
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1):
        x, y = _place(tick, tick)
        yield _line((x, TOP), (x, TOP + SIDE), stroke=_RULE) + _line((LEFT, y), (LEFT + SIDE, y), stroke=_RULE)
        yield _text(x, TOP + SIDE + 20, f"{tick:g}", anchor="middle") + _text(LEFT - 10, y + 4, f"{tick:g}", anchor="end")
    yield _text(LEFT + SIDE / 2, TOP + SIDE + 38, "mean score", anchor="middle")
    x, y = 20, TOP + SIDE / 2
    yield f'<g transform="rotate(-90 {x} {y:g})">{_text(x, y, "rate in the reference", anchor="middle")}</g>'


def _curve(place: int, label: str, points: Sequence[Point], most: float) -> Iterator[str]:
    colour, dashes = _STROKES[place % len(_STROKES)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(point["score"], point["rate"]) for point in points))
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes or "none"}"/>'
    for point in points:
        x, y = _place(point["score"], point["rate"])
        said = f"{label}: {number(point['score'])} → {number(point['rate'])} ({count(int(point['n']))})"
        radius = RADIUS * sqrt(point["n"] / most)
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.55" stroke="{colour}">'
            f"<title>{escape(said)}</title></circle>"
        )
    x, y = LEFT + SIDE + 24, TOP + 12 + place * _LINE
    yield _line((x, y), (x + 32, y), stroke=colour, dashes=dashes, width=2) + _text(x + 42, y + 4, label)


def _place(score: float, rate: float) -> Place:
    return LEFT + SIDE * score, TOP + SIDE * (1 - rate)


def _cell(row: int, column: int, turns: int, of: int) -> str:
    share = turns / of if of else 0.0
    red, green, blue = (round(light + (dark - light) * share) for light, dark in zip(*_SHADE, strict=True))
    ink = _FAINT if not turns else "#ffffff" if share >= _DARK else _INK
    middle = _text(_middle(CELLS_LEFT, column), _middle(CELLS_TOP, row) + 4, count(turns), anchor="middle", fill=ink)
    return _rect(_left(column), _left(row, CELLS_TOP), CELL, CELL, f"#{red:02x}{green:02x}{blue:02x}", _RULE) + middle


def _left(place: int, start: int = CELLS_LEFT) -> int:
    return start + CELL * place


def _middle(start: int, place: int) -> float:
    return start + CELL * place + CELL / 2


def _rect(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" stroke="{stroke}"/>'


def _line(start: Place, end: Place, *, stroke: str, dashes: str = "", width: int = 1) -> str:
    ends = f'x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}"'
    return f'<line {ends} stroke="{stroke}" stroke-width="{width}" stroke-dasharray="{dashes or "none"}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", fill: str = _INK, size: int = 12) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'


def _svg(title: str, width: int, height: int, parts: Sequence[str]) -> str:
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="system-ui, sans-serif">'
    opening = [f"<title>{escape(title)}</title>", f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    return "\n".join([head, *opening, _text(16, 26, title, size=15), *parts, "</svg>\n"])
