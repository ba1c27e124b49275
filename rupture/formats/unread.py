"""What is said of the lines that are in no turn: how many and which, and where they may hold language about harm. Never their
words."""

from bisect import bisect_right
from collections.abc import Sequence

from rupture.formats.parsed import Parsed, Unread, counted, listed
from rupture.privacy.risk import kinds

_HARM = "Language about harm may stand in {where} in no turn. Read the transcript itself there."


def notes_on(parsed: Parsed) -> tuple[str, ...]:
    """Notes for the reader. Where nothing was read, how much was not is no news."""
    notes = []
    if parsed.unread and parsed.utterances:
        lines = _lines(parsed.unread)
        verb = "is" if len(parsed.unread) == 1 else "are"
        notes.append(f"{counted(len(parsed.unread), 'line')} {verb} in no turn{f': {listed(lines)}' if lines else ''}.")
    if harmful := [one for one in parsed.unread if kinds(one.text)]:
        lines = _lines(harmful)
        notes.append(
            _HARM.format(where=f"{listed(lines)}, which {'is' if len(lines) == 1 else 'are'}" if lines else "words that are")
        )
    return tuple(notes)


def harm_beside(parsed: Parsed) -> tuple[tuple[int, str], ...]:
    """For each kind of risk language in a line that is in no turn, the index of the turn it stands after, 0 where it stands above
    the first or its place is not known; none where there is no turn."""
    if not parsed.utterances:
        return ()
    starts = [utterance.line or 0 for utterance in parsed.utterances]
    found = ((max(bisect_right(starts, one.line or 0) - 1, 0), kind) for one in parsed.unread for kind in kinds(one.text))
    return tuple(dict.fromkeys(found))


def _lines(unread: Sequence[Unread]) -> list[int]:
    return [one.line for one in unread if one.line]
