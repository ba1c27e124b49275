"""What is said about a practice session beside its codes: why each code and not its neighbour, what tempts, and replies to try.

Reads `corpus/practice/<session id>.yaml`, whose fields are those of `_File`, and holds every file to the coded session it
explains; names file, field and problem, and quotes no words of a session. Knows no attempt and no screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rupture.codebook import BY_CODE, STRATEGIES
from rupture.coding.values import CodedSession
from rupture.corrections import codes_for
from rupture.errors import CorpusError
from rupture.transcript import Role

Setting = Literal["individual", "couple_family", "health", "youth", "services"]
SETTINGS: tuple[str, ...] = get_args(Setting)
LEVELS = (1, 2, 3, 4, 5)
"""From open and short to subtle, long or disputed."""
NOTHING = "none"
"""Written in a file where no code is meant."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a turn might be taken for, a code or None for nothing to mark, and why it is not that."""

    code: str | None
    why: str


@dataclass(frozen=True, slots=True)
class ExplainedTurn:
    """Why a turn has its `codes`, or, without any, why it only tempts. `words` are the (start, end) offsets of what shows it;
    `split` says what speaks for each reading, where the raters differ."""

    turn: int
    codes: tuple[str, ...]
    words: tuple[int, int]
    why: str
    contrast: Contrast
    split: str = ""


@dataclass(frozen=True, slots=True)
class ReplyTurn:
    """A client turn to answer: strategies that usually help there, best first (none where no strain calls for one), an example
    and why."""

    turn: int
    strategies: tuple[str, ...]
    example: str
    why: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanations of one session. `level` is 1 to 5; `about` is shown before and gives nothing away, `look_for` after."""

    session: str
    level: int
    setting: str
    about: str
    look_for: str
    turns: tuple[ExplainedTurn, ...]
    replies: tuple[ReplyTurn, ...]

    def at(self, turn: int) -> ExplainedTurn | None:
        """What is said about `turn`, if anything is."""
        return next((explained for explained in self.turns if explained.turn == turn), None)

    def reply_at(self, turn: int) -> ReplyTurn | None:
        """The reply to try after `turn`, if one is asked for there."""
        return next((reply for reply in self.replies if reply.turn == turn), None)


_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Not(_Part):
    code: _Line
    why: _Line


class _Turn(_Part):
    turn: Annotated[int, Field(ge=0)]
    codes: list[str]
    words: _Line
    why: _Line
    contrast: _Not = Field(alias="not")
    split: _Line | None = None


class _Reply(_Part):
    turn: Annotated[int, Field(ge=0)]
    strategies: list[str]
    example: _Line
    why: _Line


class _File(_Part):
    session: _Line
    level: Annotated[int, Field(ge=LEVELS[0], le=LEVELS[-1])]
    setting: Setting
    about: _Line
    look_for: _Line
    turns: list[_Turn]
    reply: Annotated[list[_Reply], Field(max_length=3)] = []


def read_explained(path: Path, session: CodedSession) -> Explained:
    """The explanations in `path`, held to the `session` they are of. CorpusError with the file and every field at fault: a turn
    that is not there, codes other than the majority's, words that do not stand in the turn, a coded turn or a client turn on
    which the raters differ left unexplained, no reply asked for where a client turn is coded."""
    found = _file(path)
    problems = _problems(found, session)
    if found.session != path.stem or found.session != session.transcript.id:
        problems.insert(0, f"session: found {found.session!r}, expected {session.transcript.id!r}, also as the name of the file")
    if problems:
        raise CorpusError(f"{path}: {'; '.join(problems)}")
    return Explained(
        found.session,
        found.level,
        found.setting,
        found.about,
        found.look_for,
        tuple(_explained(turn, session) for turn in found.turns),
        tuple(ReplyTurn(reply.turn, tuple(reply.strategies), reply.example, reply.why) for reply in found.reply),
    )


def problems_of_explanations(folder: Path, sessions: Sequence[CodedSession]) -> list[str]:
    """Everything at fault in `folder`, one line a file: it must hold the explanations of each of `sessions` and no other file.
    Empty when all is in order."""
    problems = []
    for session in sessions:
        try:
            read_explained(folder / f"{session.transcript.id}.yaml", session)
        except CorpusError as error:
            problems.append(str(error))
    known = {session.transcript.id for session in sessions}
    strays = [path for path in sorted(folder.glob("*.yaml")) if path.stem not in known]
    return [*problems, *(f"{path}: no practice session has this id" for path in strays)]


def _file(path: Path) -> _File:
    import yaml

    # The C parser reads all files in half a second where the Python one takes six; both are safe loaders.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data: Any = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 - a safe loader
        return _File.model_validate(data)
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file; every practice session needs its explanations") from None
    except UnicodeDecodeError:
        raise CorpusError(f"{path}: is not UTF-8; save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise CorpusError(f"{path}{line}: is not YAML; put a text that has ': ' or starts with a sign in quotes") from None
    except ValidationError as error:
        told = [f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors(include_input=False)]
        raise CorpusError(f"{path}: {'; '.join(told)}") from None


def _explained(turn: _Turn, session: CodedSession) -> ExplainedTurn:
    start = session.transcript.turns[turn.turn].text.index(turn.words)
    contrast = Contrast(None if turn.contrast.code == NOTHING else turn.contrast.code, turn.contrast.why)
    return ExplainedTurn(
        turn.turn, session.codes(turn.turn), (start, start + len(turn.words)), turn.why, contrast, turn.split or ""
    )


def _problems(found: _File, session: CodedSession) -> list[str]:
    problems = [*_out_of_order("turns", [t.turn for t in found.turns], session), *_reply_problems(found, session)]
    last = len(session.transcript.turns) - 1
    for turn in found.turns:
        if turn.turn <= last:
            problems += [f"turn {turn.turn}, {problem}" for problem in _turn_problems(turn, session)]
    explained = {turn.turn for turn in found.turns}
    for turn_there in session.transcript.turns:
        here = turn_there.index
        if here in explained:
            continue
        if codes := session.codes(here):
            problems.append(f"turns: turn {here} has the codes {', '.join(codes)} and is not explained")
        elif turn_there.role is Role.CLIENT and raters_differ(session, here):
            problems.append(f"turns: the raters differ on turn {here} and it is not explained")
    return problems


def raters_differ(session: CodedSession, turn: int) -> bool:
    """Whether a code of `turn` was given by some raters and not by others."""
    return any(share < 1 for name, share in session.votes[turn].items() if name in BY_CODE)


def _out_of_order(field: str, turns: Sequence[int], session: CodedSession) -> list[str]:
    last = len(session.transcript.turns) - 1
    problems = [f"{field}: found turn {turn}, but the session has turns 0 to {last}" for turn in turns if turn > last]
    if list(turns) != sorted(set(turns)):
        problems.append(f"{field}: expected each turn once, in order")
    return problems


def _turn_problems(turn: _Turn, session: CodedSession) -> list[str]:
    there, reference = session.transcript.turns[turn.turn], session.codes(turn.turn)
    fitting = (*codes_for(there.role), NOTHING)
    named = turn.contrast.code
    problems = []
    if len(turn.codes) != len(reference) or set(turn.codes) != set(reference):
        problems.append(f"codes: found {_listed(turn.codes)}, expected those of the reference: {_listed(reference)}")
    if turn.words not in there.text:
        problems.append("words: do not stand in the turn like that; copy them from it, sign for sign")
    if named not in fitting or named in reference or (named == NOTHING and not reference):
        others = [code for code in fitting if code not in reference and (reference or code != NOTHING)]
        problems.append(f"not.code: found {named!r}, expected one of {', '.join(others)}")
    differ = raters_differ(session, turn.turn)
    if turn.split and not differ:
        problems.append("split: the raters do not differ here; leave it out")
    if differ and there.role is Role.CLIENT and not turn.split:
        problems.append("split: the raters differ here; say what speaks for each reading")
    return problems


def _reply_problems(found: _File, session: CodedSession) -> list[str]:
    problems = _out_of_order("reply", [reply.turn for reply in found.reply], session)
    if not found.reply and any(turn.role is Role.CLIENT and session.codes(turn.index) for turn in session.transcript.turns):
        problems.append("reply: found none, expected one to three where a client turn has a code")
    for reply in found.reply:
        if reply.turn < len(session.transcript.turns) and session.transcript.turns[reply.turn].role is not Role.CLIENT:
            problems.append(f"reply, turn {reply.turn}: is not a client's; a reply answers a client")
        if unknown := [code for code in reply.strategies if code not in STRATEGIES]:
            problems.append(f"reply, turn {reply.turn}, strategies: found {_listed(unknown)}, expected {_listed(STRATEGIES)}")
        if len(set(reply.strategies)) < len(reply.strategies):
            problems.append(f"reply, turn {reply.turn}, strategies: one is named twice")
    return problems


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes) or "none"
