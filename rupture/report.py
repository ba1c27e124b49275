"""An analysis, a search or a list of sources as plain text for the terminal. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from rupture.analysis import Analysis, Finding, State
from rupture.codebook import BY_CODE, RUPTURE
from rupture.guidance.search import cite
from rupture.guidance.values import Guidance, Passage
from rupture.privacy.risk import ends_joint_work
from rupture.prompts import table
from rupture.transcript import clean_speaker_names


def terminal(analysis: Analysis, passages: Mapping[str, Passage]) -> str:
    """What to look at first, then the rest, then suggestions if there are any; `passages` are those they rest on, by id."""
    lines = [*_risk_lines(analysis), *(f"Note: {note}" for note in analysis.notes)]
    if analysis.state is State.NOT_ANALYSED:
        return "\n".join(["Not analysed.", *lines]) + "\n"
    lines += [*_moment_lines(analysis), *_session_lines(analysis), *_suggestion_lines(analysis, passages)]
    return "\n".join(lines) + "\n"


def _moment_lines(analysis: Analysis) -> list[str]:
    coded = analysis.moments
    lines = [f"{len(analysis.transcript.turns)} turns, {len(coded)} client turns that may be worth a second look."]
    if not coded:
        lines.append("No marker met the threshold. That is not the same as no rupture; quiet ones are missed most easily.")
    top = sorted((f for f in coded if f.turn in analysis.top_moments), key=lambda f: analysis.top_moments.index(f.turn))
    for heading, findings in (("Look here first", top), ("Also", [f for f in coded if f not in top])):
        if findings:
            lines += ["", f"{heading}:", *(f"  {_moment(analysis, f)}" for f in findings)]
    return lines


def _suggestion_lines(analysis: Analysis, passages: Mapping[str, Passage]) -> list[str]:
    lines = []
    for suggestion in analysis.suggestions:
        peak, label = analysis.episodes[suggestion.episode].peak, BY_CODE[suggestion.strategy].label
        cited = "; ".join(dict.fromkeys(passages[p].title for p in suggestion.passages))
        lines += [
            "",
            f"For the moment around turn {peak}, words in which one {label}:",
            f"  “{suggestion.text}”",
            f"  from: {cited}",
        ]
    return lines


def _risk_lines(analysis: Analysis) -> list[str]:
    if not analysis.risk:
        return []
    turns = ", ".join(str(t) for t in dict.fromkeys(notice.turn for notice in analysis.risk))
    return [str(table("phrases")["risk_notice"]).replace("$where", f"turn {turns}"), ""]


def _moment(analysis: Analysis, finding: Finding) -> str:
    turn = analysis.transcript.turns[finding.turn]
    words = " … ".join(turn.text[start:end] for start, end in finding.evidence) or turn.text
    labels = "; ".join(f"{code} {BY_CODE[code].label}" for code in finding.codes)
    speaker = clean_speaker_names(analysis.transcript)[turn.speaker]
    return f"turn {turn.index}, {speaker}: “{words}” ({labels}; {analysis.scores[turn.index].get(RUPTURE, 0.0):.2f})"


def _session_lines(analysis: Analysis) -> list[str]:
    names = clean_speaker_names(analysis.transcript)
    lines = []
    if analysis.episodes:
        lines += ["", "Episodes:"]
        for e in analysis.episodes:
            answered = ", ".join(f"{use.code} at turn {use.turn}" for use in e.strategies) or "no answer coded"
            who = ", ".join(names[s] for s in e.speakers)
            degree = f"severity {e.severity} of 5, resolved {e.resolved} of 5"
            lines.append(f"  turns {e.onset}–{e.end}, {who}, {e.family}, {degree}; {answered}")
    if analysis.session:
        s = analysis.session
        resolution = "–" if s.resolution is None else f"{s.resolution}"
        lines += ["", f"Session, 1 to 5: withdrawal {s.withdrawal}, confrontation {s.confrontation}, resolution {resolution}."]
        lines.append("What might your own share in the strained moments have been, if any?")
    if not ends_joint_work(notice.kind for notice in analysis.risk):
        share = ", ".join(f"{names[speaker]} {value:.0%}" for speaker, value in analysis.talk_share.items())
        lines += ["", f"Share of words: {share}."]
    return lines


def sources(ids: Iterable[str], guidance: Guidance) -> str:
    """The passages cited, numbered, each with its references."""
    lines = []
    for number, id in enumerate(ids, start=1):
        passage = guidance.passages[id]
        lines.append(f"[{number}] {passage.title}: {passage.heading} ({id})")
        lines += [f"      {cite(guidance.references[key])}" for key in passage.references]
    return "\n".join(lines)


def found(result: Mapping[str, Any]) -> str:
    """A search for a terminal."""
    blocks = [_passage(p) for p in result["passages"]] if result["covered"] else ["The guidance does not cover this."]
    if result["own"]:
        blocks += ["From documents you added, which nobody has reviewed here:", *map(_passage, result["own"])]
    return "\n\n".join(blocks) + "\n"


def _passage(passage: Mapping[str, Any]) -> str:
    return f"{passage['title']}  ({passage['id']}, {passage['score']:.2f})\n{passage['text']}"
