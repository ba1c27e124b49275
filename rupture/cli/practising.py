"""`rupture practice`."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rupture.practice.attempt import Attempt
    from rupture.practice.reply_feedback import ReplyFeedback
    from rupture.practice.sets import PracticeSession, Wish
    from rupture.practice.store import Kept


class FamilyName(StrEnum):
    """What a set shows; sessions without any rupture are mixed in."""

    WITHDRAWAL = "withdrawal"
    CONFRONTATION = "confrontation"


class SettingName(StrEnum):
    """Where a session takes place."""

    INDIVIDUAL = "individual"
    COUPLE_FAMILY = "couple_family"
    HEALTH = "health"
    YOUTH = "youth"
    SERVICES = "services"


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("practice")(practice)


def practice(  # noqa: PLR0913 - one parameter an option
    level: Annotated[int | None, typer.Option("--level", min=1, max=5, help="From 1, open, to 5, subtle or disputed.")] = None,
    family: Annotated[
        FamilyName | None, typer.Option("--family", help="Sessions that show it; some without any rupture are mixed in.")
    ] = None,
    setting: Annotated[SettingName | None, typer.Option("--setting", help="Where it takes place.")] = None,
    session: Annotated[str | None, typer.Option("--session", help="This session, by its id.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The same number picks the same session again.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Read all of it first, then code.")] = False,
    strategies: Annotated[bool, typer.Option("--strategies", help="Code the therapist's answers too, R1 to R10.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep your codes and replies in a file on this machine.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Look again at what you kept, missed, and is due.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="How you agree with the raters over what you kept.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Overwrite and delete what you kept.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON; all else goes to standard error.")] = False,
) -> None:
    """Practise on coded sessions: code the turns, try a reply, then see what the raters saw and why.

    The sessions are invented and their codes are language models', not clinicians'. Nothing is kept unless you say --keep.
    """
    from rupture.build import workspace_file
    from rupture.codebook import Family
    from rupture.practice import store
    from rupture.practice.attempt import Mode, begin
    from rupture.practice.sets import Wish, practice_sessions
    from rupture.practice.wording import said

    file = workspace_file().with_name(store.FILE)
    if forget:
        sys.stdout.write(said("terminal.forgotten" if store.forget(file) else "terminal.nothing_kept", file=file) + "\n")
        return
    kept = store.kept(file)
    if kept.damaged:
        _tell(said("terminal.damaged", file=file, lines=", ".join(map(str, kept.damaged))), aside=True)
    sessions = practice_sessions()
    if progress:
        _progress(kept, sessions, as_json)
    elif due:
        _due(kept, sessions, file, as_json)
    else:
        wish = Wish(level, Family(family) if family else None, setting)
        chosen = _chosen(sessions, session, wish, kept, int(time.time()) if seed is None else seed)
        begun = begin(chosen.id, Mode.WHOLE if whole else Mode.TURN_BY_TURN, _now(), strategies=strategies)
        _practise(chosen, begun, file if keep else None, as_json)


def _chosen(sessions: "Sequence[PracticeSession]", id: str | None, wish: "Wish", kept: "Kept", seed: int) -> "PracticeSession":
    from rupture.practice.sets import in_turn

    if id is not None:
        named = [session for session in sessions if session.id == id]
        if not named:
            raise typer.BadParameter(f"there is no practice session {id!r}; leave --session out to be given one")
        return named[0]
    ordered = in_turn(sessions, wish, seed=seed, done=[attempt.session for attempt in kept.attempts])
    if not ordered:
        raise typer.BadParameter("no practice session is like that; leave --level, --family or --setting out")
    return ordered[0]


def _practise(chosen: "PracticeSession", begun: "Attempt", keep_in: Path | None, as_json: bool) -> None:
    """The dialogue and then, however early it ended, the feedback."""
    from rupture.practice.attempt import decided
    from rupture.practice.feedback import feedback
    from rupture.practice.page import before, feedback_page
    from rupture.practice.store import keep
    from rupture.practice.terminal import practise
    from rupture.practice.wording import said

    tell, ask = partial(_tell, aside=as_json), partial(_ask, aside=as_json)
    tell(before(chosen) + "\n")
    attempt = replace(practise(chosen, begun, ask, tell), ended=_now())
    if not decided(attempt, chosen.transcript):
        tell(said("terminal.nothing_read"))
        return
    found = feedback(chosen, attempt)
    # A file that cannot be written takes no feedback away, and a model that fails nothing of what is kept.
    try:
        if not as_json:
            tell("\n" + feedback_page(found, chosen))
        replies, replies_page = _replies(chosen, attempt)
        if as_json:
            _write({"attempt": attempt.to_dict(), "feedback": found.to_dict(), "replies": [asdict(reply) for reply in replies]})
        elif replies_page:
            tell("\n" + replies_page)
    finally:
        if keep_in:
            keep(keep_in, attempt)
    if not as_json:
        tell("\n" + (said("terminal.kept", file=keep_in) if keep_in else said("terminal.not_kept")))


def _replies(chosen: "PracticeSession", attempt: "Attempt") -> tuple[list["ReplyFeedback"], str]:
    """The feedback on the replies that were written, and that and the other examples as text."""
    from rupture.practice.page import examples_page, replies_page
    from rupture.practice.reading import reply_turns

    examples = examples_page([r for r in reply_turns(chosen) if r.turn < attempt.read and r.turn not in attempt.replies])
    if not attempt.replies:
        return [], examples
    # Loaded only here: it takes seconds, and most of practice needs no model.
    from rupture.build import build_assistant
    from rupture.detection.card import read_card
    from rupture.practice.reply_feedback import reply_feedback
    from rupture.resources import MODEL

    assistant, measured = build_assistant(), read_card(MODEL).measured
    found = [reply_feedback(chosen, turn, text, assistant, measured) for turn, text in sorted(attempt.replies.items())]
    return found, "\n\n".join(part for part in (replies_page(found, assistant.guidance), examples) if part)


def _progress(kept: "Kept", sessions: "Sequence[PracticeSession]", as_json: bool) -> None:
    from rupture.practice.page import progress_page
    from rupture.practice.progress import progress

    found = progress(kept.attempts, sessions)
    if as_json:
        _write(found.to_dict())
    else:
        _tell(progress_page(found))


def _due(kept: "Kept", sessions: "Sequence[PracticeSession]", file: Path, as_json: bool) -> None:
    """One moment for each pair that is due; the answers go where the attempts are kept."""
    from rupture.practice.page import due_line
    from rupture.practice.returning import Answer, due, items, moment_for
    from rupture.practice.store import keep
    from rupture.practice.terminal import look_again

    tell, ask, today = partial(_tell, aside=as_json), partial(_ask, aside=as_json), datetime.now(UTC).date()
    found = items(kept.attempts, kept.answers, sessions)
    waiting = due(found, today)
    tell(due_line(found, today))
    by_id = {session.id: session for session in sessions}
    answers: list[Answer] = []
    for item in waiting:
        moment = moment_for(item, sessions, today, [(answer.session, answer.turn) for answer in answers])
        if moment is None:
            continue
        answer = look_again(item, moment, by_id[moment.session], _now(), ask, tell)
        if answer is None:
            break
        keep(file, answer)
        answers.append(answer)
    if as_json:
        _write({"due": len(waiting), "answers": [answer.to_dict() for answer in answers]})


def _tell(text: str, *, aside: bool = False) -> None:
    (sys.stderr if aside else sys.stdout).write(f"{text}\n")


def _ask(prompt: str, *, aside: bool = False) -> str | None:
    """A line of standard input; None at its end, and when interrupted, so that what was read gets its feedback."""
    out = sys.stderr if aside else sys.stdout
    out.write(prompt)
    out.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    # On a terminal the line typed ends the prompt's; elsewhere nothing does.
    if not line or not sys.stdin.isatty():
        out.write("\n")
    return line.rstrip("\r\n") if line else None


def _write(result: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
