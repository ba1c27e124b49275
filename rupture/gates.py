"""Whether a transcript can be analysed at all: not, partly or wholly, and why. Pure; sees turns, never a score.

Unreadable or unsuitable input must end as "not analysed, because …", never as "no rupture". Reasons name turns and lines,
never words.
"""

import unicodedata
from collections.abc import Callable, Sequence

from rupture.analysis import State
from rupture.formats.english import is_function_word, words
from rupture.transcript import Role, Transcript, Turn

MAX_SPEAKERS = 8
MANY_CLIENTS = 4
SHORT = 5
"""Turns up to which the arc of a session cannot be read."""

ENGLISH = 0.22
"""Share of common English words from which talk is English: ordinary talk has about one half, other languages below 0.1."""
LONG_ENOUGH = 6
"""Words from which the language of a single turn can be told."""
SAMPLE = 60
"""Words from which that share is steady; below, half of it will do."""
MIXED = 0.1
"""Share of the longer turns that may be in another language before the analysis is only partial."""
FOREIGN = 0.7
"""Share of the longer turns in another language from which nothing is analysed."""

_LOOK_ALIKES = frozenset("АВЕКМНОРСТУХаеорсухіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")

Check = Callable[[Transcript], str | None]


def gate(transcript: Transcript) -> tuple[State, tuple[str, ...]]:
    """How far `transcript` can be analysed, with the reasons when that is not wholly."""
    for check in BLOCKS:
        if reason := check(transcript):
            return State.NOT_ANALYSED, (reason,)
    limits = tuple(reason for check in LIMITS if (reason := check(transcript)))
    return (State.PARTLY if limits else State.ANALYSED), limits


def _no_turns(transcript: Transcript) -> str | None:
    if transcript.turns:
        return None
    return "No turns were found. Start each turn with who speaks and a colon, for example 'T:' and 'C:', each on its own line."


def _one_turn(transcript: Transcript) -> str | None:
    return "There is one turn; an exchange of at least two is needed." if len(transcript.turns) == 1 else None


def _one_speaker(transcript: Transcript) -> str | None:
    if len(transcript.speakers) > 1:
        return None
    return f"All {len(transcript.turns)} turns have the same speaker. Label the therapist's and the client's turns differently."


def _many_speakers(transcript: Transcript) -> str | None:
    speakers = len(transcript.speakers)
    return f"There are {speakers} speakers; up to {MAX_SPEAKERS} can be followed." if speakers > MAX_SPEAKERS else None


def _missing_role(transcript: Transcript) -> str | None:
    for role in (Role.THERAPIST, Role.CLIENT):
        if not transcript.speakers_in(role):
            return f"Nobody is the {role}. Set the role of a speaker, or label the turns 'T:' and 'C:'."
    return None


def _no_words(transcript: Transcript) -> str | None:
    for role in (Role.THERAPIST, Role.CLIENT):
        if not any(_has_words(turn) for turn in transcript.turns if turn.role is role):
            return f"The turns of the {role} hold no words."
    return None


def reads_as_english(transcript: Transcript) -> bool:
    """Whether what is read for English alone may be read in it."""
    return _not_english(transcript) is None


def not_in_english(transcript: Transcript) -> list[Turn]:
    """Turns in another language, where there are enough of them to say so; by its words alone, a turn may only look like one."""
    longer = _longer(transcript)
    foreign = [turn for turn in longer if not _is_english(turn)]
    return [] if len(foreign) < 2 or len(foreign) < MIXED * len(longer) else foreign


def _longer(transcript: Transcript) -> list[Turn]:
    return [turn for turn in _talk(transcript) if len(words(turn.text)) >= LONG_ENOUGH or _foreign_script([turn])]


def _not_english(transcript: Transcript) -> str | None:
    if _foreign_script(_talk(transcript)):
        return "Most of it is not in the Latin alphabet. Only English can be analysed."
    talk = [(turn, words(turn.text)) for turn in _talk(transcript)]
    number = sum(len(found) for _, found in talk)
    if number < 2 * LONG_ENOUGH:
        return None
    share = sum(is_function_word(word) for _, found in talk for word in found) / number
    longer = [turn for turn, found in talk if len(found) >= LONG_ENOUGH]
    foreign = [turn for turn in longer if not _is_english(turn)]
    if share >= (ENGLISH if number >= SAMPLE else ENGLISH / 2) and len(foreign) <= FOREIGN * len(longer):
        return None
    return f"It does not read as spoken English: {share:.0%} of the words are common English ones, in talk about half are."


def _not_a_conversation(transcript: Transcript) -> str | None:
    """Headings, code and lists have labels too, but hardly any of them comes back."""
    turns = len(transcript.turns)
    if turns > 3 and len(transcript.speakers) > 0.7 * turns:
        return f"It does not read as a conversation: {len(transcript.speakers)} different labels in {turns} turns."
    return None


BLOCKS: tuple[Check, ...] = (
    _no_turns,
    _one_turn,
    _one_speaker,
    _not_a_conversation,
    _many_speakers,
    _missing_role,
    _no_words,
    _not_english,
)


def _too_short(transcript: Transcript) -> str | None:
    turns = len(transcript.turns)
    return f"{turns} turns are too short to read the arc of a session." if turns <= SHORT else None


def _others(transcript: Transcript) -> str | None:
    turns = [turn for turn in transcript.turns if turn.role is Role.OTHER]
    if not turns:
        return None
    if any("interpret" in turn.speaker.lower() or "translat" in turn.speaker.lower() for turn in turns):
        return f"An interpreter speaks ({_places(turns)}): the words that are read are not always the client's own."
    return f"{_places(turns).capitalize()}: neither therapist nor client speaks; left out. Set the role if that is wrong."


def _group(transcript: Transcript) -> str | None:
    clients = len(transcript.speakers_in(Role.CLIENT))
    return f"There are {clients} clients: what is said between them is not followed." if clients >= MANY_CLIENTS else None


def _look_alikes(transcript: Transcript) -> str | None:
    speakers = [turn for turn in transcript.turns if _mixes_scripts(turn.speaker, alone=True)]
    if speakers:
        return f"A speaker label looks like Latin letters but is not ({_places(speakers)}). Type the label again."
    odd = [turn for turn in transcript.turns if not turn.text.isascii()]
    turns = [turn for turn in odd if any(_mixes_scripts(word) for word in turn.text.split())]
    return f"Letters of another alphabet stand for Latin ones ({_places(turns)})." if turns else None


def _mixed_language(transcript: Transcript) -> str | None:
    if not (foreign := not_in_english(transcript)):
        return None
    return f"{len(foreign)} of {len(_longer(transcript))} longer turns do not read as English ({_places(foreign)})."


def _wordless(transcript: Transcript) -> str | None:
    talk = _talk(transcript)
    empty = [turn for turn in talk if not _has_words(turn)]
    return f"{len(empty)} of {len(talk)} turns hold no words." if 2 * len(empty) > len(talk) else None


LIMITS: tuple[Check, ...] = (_too_short, _others, _group, _look_alikes, _mixed_language, _wordless)


def _talk(transcript: Transcript) -> list[Turn]:
    return [turn for turn in transcript.turns if turn.role is not Role.OTHER]


def _has_words(turn: Turn) -> bool:
    return any(ch.isalpha() for ch in turn.text)


def _is_english(turn: Turn) -> bool:
    found = words(turn.text)
    return not _foreign_script([turn]) and sum(map(is_function_word, found)) >= ENGLISH / 2 * len(found)


def _foreign_script(turns: Sequence[Turn]) -> bool:
    if all(turn.text.isascii() for turn in turns):  # most are, and looking letter by letter takes a tenth of an analysis
        return False
    letters = [ch for turn in turns for ch in unicodedata.normalize("NFKC", turn.text) if ch.isalpha()]
    return 2 * sum(ch > "ɏ" for ch in letters) > len(letters)


def _mixes_scripts(word: str, alone: bool = False) -> bool:
    """Whether look-alikes of Latin letters stand among Latin ones; in a label also when they stand `alone`."""
    letters = [ch for ch in unicodedata.normalize("NFKC", word) if ch.isalpha()]
    look_alike = [ch for ch in letters if ch in _LOOK_ALIKES]
    return bool(look_alike) and (any(ch.isascii() for ch in letters) or (alone and len(look_alike) == len(letters)))


def _places(turns: Sequence[Turn], shown: int = 5) -> str:
    """Where `turns` are: `line 3`, `lines 3, 8 and 2 more`; turn numbers where the input has no lines."""
    noun = "turn" if any(turn.line is None for turn in turns) else "line"
    numbers = [str(turn.index if noun == "turn" else turn.line) for turn in turns]
    if len(numbers) > shown:
        numbers = [*numbers[:shown], f"{len(numbers) - shown} more"]
    head, last = ", ".join(numbers[:-1]), numbers[-1]
    return f"{noun}s {head} and {last}" if head else f"{noun} {last}"
