"""Practice as a dialogue: turns are told, codes and replies are asked for, until the session or the trainee's patience ends.

`ask` shows a prompt and gives a line, or None when no more will come; `tell` shows a text. Knows no file and no clock.
"""

from collections.abc import Callable

from rupture.practice.attempt import Attempt, Mode, read_to, with_codes, with_reply
from rupture.practice.feedback import turn_feedback
from rupture.practice.page import codebook_help, turn_line, turn_page
from rupture.practice.reading import reply_turns
from rupture.practice.returning import DAYS, Answer, Item, Moment, answered
from rupture.practice.sets import PracticeSession
from rupture.practice.typed import Typed, TypedError, typed_codes, typed_turn
from rupture.practice.wording import said
from rupture.transcript import Role, Turn

Ask = Callable[[str], str | None]
Tell = Callable[[str], None]
_HELP, _STOP = "h", "q"


def practise(practice: PracticeSession, begun: Attempt, ask: Ask, tell: Tell) -> Attempt:
    """The attempt after as much of the session as was read, in its mode."""
    return (_whole if begun.mode is Mode.WHOLE else _turn_by_turn)(practice, begun, ask, tell)


def look_again(item: Item, moment: Moment, practice: PracticeSession, at: str, ask: Ask, tell: Tell) -> Answer | None:
    """The answer at `moment`, where `item` came back, given at the UTC time `at`, after its feedback was told; None when the
    trainee stops there."""
    turns = practice.transcript.turns[moment.start : moment.turn + 1]
    for turn in turns:
        tell(turn_line(practice, turn))
    typed = _codes_for(turns[-1], ask, tell)
    if typed is None:
        return None
    answer = answered(moment, practice, typed.codes, at)
    tell("\n" + turn_page(turn_feedback(practice, moment.turn, typed.codes), practice))
    days = DAYS[min(item.box + 1, len(DAYS) - 1)]
    tell(said("returning.right", days=days) if answer.right else said("returning.back"))
    return answer


def _turn_by_turn(practice: PracticeSession, begun: Attempt, ask: Ask, tell: Tell) -> Attempt:
    attempt = begun
    asked = {reply.turn for reply in reply_turns(practice)}
    for turn in practice.transcript.turns:
        tell(turn_line(practice, turn))
        if turn.role not in begun.roles:
            attempt = read_to(attempt, turn.index + 1)
            continue
        typed = _codes_for(turn, ask, tell)
        if typed is None:
            tell(said("terminal.stopped"))
            return attempt
        attempt = with_codes(read_to(attempt, turn.index + 1), turn.index, typed.codes, typed.sure)
        if turn.index in asked:
            attempt = with_reply(attempt, turn.index, ask(said("terminal.reply", turn=turn.index)) or "")
    return attempt


def _whole(practice: PracticeSession, begun: Attempt, ask: Ask, tell: Tell) -> Attempt:
    transcript, roles = practice.transcript, begun.roles
    for turn in transcript.turns:
        tell(turn_line(practice, turn))
    attempt = read_to(begun, len(transcript.turns))
    while (line := (ask(said("terminal.keys_whole")) or _STOP).strip().lower()) != _STOP:
        if line == _HELP:
            tell("\n".join(codebook_help(role) for role in roles))
            continue
        try:
            turn_typed, typed = typed_turn(line, transcript, roles)
        except TypedError as error:
            tell(str(error))
            continue
        attempt = with_codes(attempt, turn_typed, typed.codes, typed.sure)
    for reply in reply_turns(practice):
        attempt = with_reply(attempt, reply.turn, ask(said("terminal.reply", turn=reply.turn)) or "")
    return attempt


def _codes_for(turn: Turn, ask: Ask, tell: Tell) -> Typed | None:
    """What is typed for the turn, asked again until it fits; None at a stop or when no more will come."""
    keys = said("terminal.keys_client" if turn.role is Role.CLIENT else "terminal.keys_therapist")
    while (line := ask(keys)) is not None and line.strip().lower() != _STOP:
        if line.strip().lower() == _HELP:
            tell(codebook_help(turn.role))
            continue
        try:
            return typed_codes(line, turn.role)
        except TypedError as error:
            tell(str(error))
    return None
