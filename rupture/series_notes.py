"""What each rule over a client's scores may say, in words for a clinician: tentative, with where the rule is weak.

Takes scores turned so that higher is better and what the arithmetic found in them; gives notes, with scores as they stand on the
form. No note says that something happened in a session: a score is given after it and carries the time between sessions too
(Zlotnick et al. 2020).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

from rupture.codebook import BY_CODE
from rupture.scales import Point, Scale, number
from rupture.series_rules import (
    FEWEST,
    REPAIR_WITHIN,
    STEADY,
    Course,
    Limits,
    ScoreEpisode,
    falling_runs,
    low_runs,
    reliable_drop,
)

TOP_SHARE = 0.1
"""Scores within this share of the scale's range from its better end are near the ceiling: 36 to 40 on the SRS."""


class Rule(StrEnum):
    """The rules, by the names a clinician reads."""

    RELIABLE = "Reliable drop"
    XMR = "XmR lower limits"
    COMBINED = "Combined threshold"
    EPISODE = "Episode"
    RUN = "Run rule"
    MISSING = "Missingness"
    CEILING = "Ceiling"
    FUSION = "Transcript and score"


@dataclass(frozen=True, slots=True)
class Note:
    """What one rule may say: tentative `text`, where the rule is weak, and the sessions meant (none: the rule or all of them).
    `strong` notes are shown before others; they are no surer to be about the alliance."""

    rule: Rule
    sessions: tuple[int, ...]
    text: str
    weakness: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """The sessions of one series that have a score, and these with higher as better."""

    scale: Scale
    sessions: tuple[int, ...]
    scores: tuple[float, ...]

    @property
    def worse(self) -> str:
        """Which way on the form is worse."""
        return "lower" if self.scale.higher_is_better else "higher"

    @property
    def ask(self) -> str:
        """What to do with a score that is worse than usual."""
        if self.scale.from_transcript:
            return "Perhaps worth a second look at that session; the rating is an estimate."
        return "Perhaps worth asking about, the time between sessions included."

    @property
    def near_end(self) -> float:
        """From here on a score is near the better end."""
        return self.scale.high - TOP_SHARE * (self.scale.high - self.scale.low)

    def shown(self, score: float) -> str:
        """A score as it stands on the form."""
        return number(self.scale.turned(score))

    def steps(self) -> Iterator[tuple[float, int, float]]:
        """The score before, and each session with its own."""
        for (_, before), (session, score) in pairwise(zip(self.sessions, self.scores, strict=True)):
            yield before, session, score


def reliable_notes(scored: Scored) -> Iterator[Note]:
    """Falls from one score to the next that are larger than measurement error; one note that says so where nobody can tell."""
    scale = scored.scale
    if scale.sd is None or scale.reliability is None:
        yield Note(
            Rule.RELIABLE,
            (),
            f"Not available for {scale.name}: no SD and reliability with a source are on file for it.",
            "Without them nobody can say which falls are larger than measurement error.",
        )
        return
    needed = reliable_drop(scale.sd, scale.reliability)
    for before, session, score in scored.steps():
        if before - score > needed:
            yield Note(
                Rule.RELIABLE,
                (session,),
                f"{scored.shown(score)} after {scored.shown(before)}: a step of {number(before - score)}, where measurement "
                f"error alone seldom makes more than {number(needed)}. {scored.ask}",
                f"It compares two single scores, and rests on figures from other people ({scale.source}).",
                strong=True,
            )


def limit_notes(scored: Scored, limits: Mapping[int, Limits | None]) -> Iterator[Note]:
    """Scores under the XmR limits by session; one note where these cannot say anything yet, or any more."""
    found = None
    for session, score in zip(scored.sessions, scored.scores, strict=True):
        found = limits[session]
        if found and score < found.watch:
            # Scores that never varied make a limit of no width, which is no strong one.
            strong = score < found.strong < found.centre
            limit = f"the {'strong' if strong else 'watch'} limit of {scored.shown(found.strong if strong else found.watch)}"
            yield Note(
                Rule.XMR,
                (session,),
                f"{scored.shown(score)} is {scored.worse} than this client's usual: it is beyond {limit}, from the {found.count} "
                f"scores before it. {scored.ask}",
                _limit_weakness(found, score),
                strong,
            )
    if found is None:
        yield Note(
            Rule.XMR,
            (),
            f"Not available yet: the limits need {FEWEST} scores before the one they test, and there are {len(scored.scores)}.",
            f"With fewer than {STEADY} they are weak.",
        )
    elif found.strong < scored.scale.low:
        yield Note(
            Rule.XMR,
            (),
            "The strong limit now lies beyond the end of the scale, so that no score can pass it.",
            "After scores that vary as much as these the rule is silent, and its silence means nothing.",
        )


def _limit_weakness(limits: Limits, score: float) -> str:
    parts = ["It takes sessions as independent of one another, which those of one client seldom are (autocorrelation)."]
    if limits.neighbours:
        much = "too close" if limits.lag > 0 else "too wide"
        parts.append(f"Here scores go with the ones before (correlation {number(limits.lag)}), so the limits may be {much}.")
    if limits.count < STEADY:
        parts.append(f"It rests on few points: {limits.count} scores, where {STEADY} or more make it steadier.")
    if limits.strong == limits.centre:
        parts.append("The scores before did not vary at all, so that any fall is beyond the limit.")
    elif score >= limits.sturdy:
        parts.append("It is not beyond the sturdier limit from the median step.")
    return " ".join(parts)


def threshold_notes(scored: Scored, once: float) -> Iterator[Note]:
    """How far a score must lie from the usual to begin an episode; `once` is one SD, 0 for scores that never varied."""
    if once <= 0:
        return
    if scored.scale.sd is None:
        whose = "by this client's own SD"
        alone = " No SD between people is on file for this scale, so that after even scores a trifle may count."
    else:
        whose, alone = "by the larger of this client's own SD and that between people", ""
    yield Note(
        Rule.COMBINED,
        (),
        f"A score counts as worse than usual from {number(once)} {scored.worse} on (one SD), more so from "
        f"{number(2 * once)} on (two SD), {whose}.",
        f"It is worked out from {len(scored.scores)} scores, strained ones included, and changes as more come in.{alone}",
    )


def episode_notes(scored: Scored, episodes: Sequence[ScoreEpisode], once: float) -> Iterator[Note]:
    """Each episode at its onset and nadir; strong from two SD on, unless the client's own SD, which a short record makes too
    small, was the only one."""
    few = "few points: " if len(scored.scores) < STEADY else ""
    for episode in episodes:
        twice = episode.magnitude >= 2 * once
        size = f"{number(episode.magnitude)} {scored.worse} than the usual {scored.shown(episode.reference)}"
        length = "one score" if episode.length == 1 else f"{episode.length} scores, the furthest at session {episode.nadir}"
        chance = "" if twice else " Steps of one SD come about by chance too."
        yield Note(
            Rule.EPISODE,
            tuple(dict.fromkeys((episode.onset, episode.nadir))),
            f"Perhaps a strain from session {episode.onset} on: {size}, at least {'two SD' if twice else 'one SD'}; {length}. "
            f"{_course(episode)} {scored.ask}",
            f"Its threshold comes from {few}{len(scored.scores)} scores, the usual from three.{chance}",
            strong=twice and scored.scale.sd is not None,
        )


def _course(episode: ScoreEpisode) -> str:
    if episode.course is Course.REPAIRED:
        return f"It is back near the usual at session {episode.returned}, which may be a repair."
    if episode.course is Course.OPEN:
        return f"Whether it comes back within {REPAIR_WITHIN} sessions is not known yet."
    late = "" if episode.returned is None else f"; it was at session {episode.returned}"
    return f"It was not back near the usual within {REPAIR_WITHIN} sessions, unrepaired by this rule{late}."


def run_notes(scored: Scored) -> Iterator[Note]:
    """Rows of scores that wear away slowly."""
    for runs, what in ((falling_runs, f"each {scored.worse} than the last"), (low_runs, f"{scored.worse} than the centre")):
        for run in runs(scored.scores):
            sessions = tuple(scored.sessions[at] for at in run)
            yield Note(
                Rule.RUN,
                sessions,
                f"{len(sessions)} scores in a row, sessions {sessions[0]} to {sessions[-1]}, {what}. No single step need be "
                f"large where something wears away slowly. {scored.ask}",
                "Scores that follow one another (autocorrelation) make such rows by chance too; an ending can look like this.",
            )


def missing_notes(points: Sequence[Point], drops: frozenset[int]) -> Iterator[Note]:
    """Sessions without a score right after one of `drops`."""
    for before, after in pairwise(points):
        if after.value is None and before.session in drops:
            yield Note(
                Rule.MISSING,
                (after.session,),
                f"No score, right after one that was worse than usual at session {before.session}. A form left out or a session "
                f"missed at that point may be a way of moving away; perhaps worth a word.",
                "Why it is missing is not known: illness, holidays or a lost form look the same.",
            )


def ceiling_notes(scored: Scored) -> Iterator[Note]:
    """One note when the median score is near the better end of the scale."""
    near = scored.near_end
    if not scored.scores or median(scored.scores) < near:
        return
    falls = ", ".join(str(session) for before, session, score in scored.steps() if score < before and before >= near)
    yield Note(
        Rule.CEILING,
        (),
        f"Most scores lie between {scored.shown(near)} and the better end of the scale. There a small change for the worse may "
        f"mean more than its size, and a perfect score says little; it may be politeness."
        + (f" Such changes: session {falls}." if falls else ""),
        "Near the end of a scale (ceiling) the limits and thresholds of the other rules are closer than they should be.",
    )


def fusion_notes(scored: Scored, drops: frozenset[int], markers: Mapping[int, int]) -> Iterator[Note]:
    """Scores beside transcripts; `markers` counts the client turns with a marker for each session that was analysed."""
    weakness = "A score also carries what happened outside the session, and a transcript's markers may be missed or wrong."
    for session in sorted(drops & markers.keys()):
        if markers[session]:
            text = "The score was worse than usual, and the transcript has moments with markers: perhaps look here first."
        else:
            text = (
                "The score was worse than usual, and in the transcript no marker met the threshold. Perhaps a quiet withdrawal "
                "that words do not show, or something from outside the session."
            )
        yield Note(Rule.FUSION, (session,), text, weakness, strong=markers[session] > 0)
    polite = tuple(
        session
        for session, score in zip(scored.sessions, scored.scores, strict=True)
        if score >= scored.near_end and session not in drops and markers.get(session)
    )
    if polite:
        text = (
            "The score stayed high while the transcript has moments with markers. Perhaps politeness "
            f"(W5, {BY_CODE['W5'].label}), or a strain that was repaired within the session."
        )
        yield Note(Rule.FUSION, polite, text, weakness)
