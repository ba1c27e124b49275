"""The kept sessions of a client in words and as HTML: which there are, and where one was put among the others. Pure."""

from collections.abc import Sequence

from rupture.escape import safe
from rupture.workspace import KeptSession, Measure


def listed_html(sessions: Sequence[KeptSession]) -> str:
    """The sessions of a client in order; empty when there is none."""
    rows = "".join(
        f'<li value="{kept.position}">{safe(kept.date or "no date")} · {safe(kept.title)}'
        f"{f' · {safe(kept.problem)}' if kept.problem else ''}</li>"
        for kept in sessions
    )
    return f'<ol class="kept">{rows}</ol>' if rows else ""


def choices(sessions: Sequence[KeptSession]) -> list[tuple[str, int]]:
    """(what it is called, id) of each session, to choose one."""
    return [(f"Session {kept.position}, {kept.date or 'no date'}", kept.id) for kept in sessions]


def placed(before: Sequence[KeptSession], after: Sequence[KeptSession], id: int, measures: Sequence[Measure]) -> str:
    """Where the session with that `id` was put among the client's, and what follows from it. `before` are the sessions without
    it, `after` with it; `measures` are the client's scores as they stand now."""
    here = next(kept for kept in after if kept.id == id)
    said = [f"It is session {here.position} of {here.client}."]
    was = {kept.id: kept.position for kept in before}
    if any(kept.position != was[kept.id] for kept in after if kept.id != id):
        said.append("It stands where its date belongs; those after it are one number further on, each with its scores.")
    elif here == after[-1] and any(kept.date for kept in after) and not _by_date(after):
        said.append(
            "It stands last: numbers follow dates only where every session of a client has a date and they stand in that order."
        )
    if any(measure.position == here.position for measure in measures):
        said.append("The scores that were typed in for this number are taken to be from it.")
    return " ".join(said)


def _by_date(sessions: Sequence[KeptSession]) -> bool:
    days = [kept.date for kept in sessions if kept.date]
    return len(days) == len(sessions) and days == sorted(days)
