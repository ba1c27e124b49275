"""One session after the other in this process, into the Parquet data set."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rupture.analysis import Analysis
from rupture.batch import Outcome, outcome_of, refuse_second, transcript_of
from rupture.errors import RuptureError
from rupture.formats import Source
from rupture.scores.dataset import ScoreSet, part_name
from rupture.scores.tables import SetAside, plain_id, tables_of
from rupture.transcript import Transcript

PART = 64
"""Sessions in a part: half a minute's work, and a file of some megabytes."""


def run_local(
    sources: Iterable[Source], analyse: Callable[[Transcript], Analysis], scores: ScoreSet, *, words: bool, part: int = PART
) -> Iterator[Outcome]:
    """Analyses each source that is not done, `part` sessions a part; outcomes come when their part is in place. RunError when two
    inputs have the same id, or when nothing can be written. What was analysed is put in place also when the run ends early."""
    done, seen = scores.done(), set[str]()
    found: list[Analysis | SetAside] = []
    try:
        for source in sources:
            id = plain_id(source.id)
            refuse_second(id, seen)
            if id in done:
                yield Outcome(id, "skipped")
                continue
            found.append(_found(id, source, analyse))
            if len(found) == part:
                whole, found = found, []
                yield from _put_in_place(scores, whole, words)
    finally:
        rest = _put_in_place(scores, found, words)
    yield from rest
    scores.tidy()


def _found(id: str, source: Source, analyse: Callable[[Transcript], Analysis]) -> Analysis | SetAside:
    try:
        return analyse(transcript_of(source))
    except RuptureError as error:
        return SetAside(id, "unreadable", str(error))
    except Exception as error:  # one session must not stop the others; the kind of error quotes no words
        return SetAside(id, "failed", f"The analysis failed ({type(error).__name__}). Try this session by itself, and report it.")


def stage(scores: ScoreSet, found: Sequence[Analysis | SetAside], *, words: bool) -> tuple[str, list[Outcome]]:
    """Writes what was found of some sessions aside; the name of the part, and what became of each."""
    analyses = [one for one in found if isinstance(one, Analysis)]
    aside = [one for one in found if isinstance(one, SetAside)]
    outcomes = [replace(outcome_of(one), id=plain_id(one.transcript.id)) for one in analyses]
    outcomes += [Outcome(plain_id(one.id), "failed", plain_id(one.reason)) for one in aside]
    part = part_name(outcome.id for outcome in outcomes)
    scores.stage(part, tables_of(analyses, aside, words=words))
    return part, outcomes


def _put_in_place(scores: ScoreSet, found: Sequence[Analysis | SetAside], words: bool) -> list[Outcome]:
    if not found:
        return []
    part, outcomes = stage(scores, found, words=words)
    scores.commit(part)
    return outcomes
