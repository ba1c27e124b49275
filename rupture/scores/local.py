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
    inputs have the same id, or when nothing can be written; parts in place are kept."""
    done, seen = scores.done(), set[str]()
    found: list[Analysis | SetAside] = []
    for source in sources:
        id = plain_id(source.id)
        refuse_second(id, seen)
        if id in done:
            yield Outcome(id, "skipped")
            continue
        try:
            found.append(analyse(transcript_of(source)))
        except RuptureError as error:
            found.append(SetAside(id, "unreadable", str(error)))
        if len(found) == part:
            yield from _put_in_place(scores, found, words)
            found = []
    yield from _put_in_place(scores, found, words)
    scores.tidy()


def stage(scores: ScoreSet, found: Sequence[Analysis | SetAside], *, words: bool) -> tuple[str, list[Outcome]]:
    """Writes what was found of some sessions aside; the name of the part, and what became of each."""
    analyses = [one for one in found if isinstance(one, Analysis)]
    aside = [one for one in found if isinstance(one, SetAside)]
    outcomes = [replace(outcome_of(one), id=plain_id(one.transcript.id)) for one in analyses]
    outcomes += [Outcome(plain_id(one.id), "failed", one.reason) for one in aside]
    part = part_name(outcome.id for outcome in outcomes)
    scores.stage(part, tables_of(analyses, aside, words=words))
    return part, outcomes


def _put_in_place(scores: ScoreSet, found: Sequence[Analysis | SetAside], words: bool) -> Iterator[Outcome]:
    if found:
        part, outcomes = stage(scores, found, words=words)
        scores.commit(part)
        yield from outcomes
