"""An analysis, a search or a list of sources as text: for the terminal and for the Markdown report. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from rupture.analysis import Analysis, Finding, State
from rupture.codebook import BY_CODE, RUPTURE
from rupture.guidance.search import cite
from rupture.guidance.values import Guidance, Passage
from rupture.privacy.risk import ends_joint_work
from rupture.prompts import table
from rupture.transcript import Role, clean_speaker_names

LIMITS = (
    "For the clinician's own reflection and training, with the client's consent. Not for diagnosis, nor for employment, custody, "
    "fitness or legal decisions. The detector learned from invented sessions and public demonstrations coded by language models, "
    "not clinicians; it misses moments and flags innocent ones."
)


def terminal(analysis: Analysis, passages: Mapping[str, Passage]) -> str:
    """The analysis for a terminal: what to look at first, then the rest, then suggestions if there are any."""
    return "\n".join(_lines(analysis, passages, bullet="  ")) + "\n"


def markdown(analysis: Analysis, passages: Mapping[str, Passage]) -> str:
    """The analysis as a Markdown report with tool, model and limits. Words of the session are escaped, so that they stay
    words."""
    model = f"Model {analysis.model.id}, {analysis.model.digest[:12]}. " if analysis.model else ""
    body = "\n".join(_lines(analysis, passages, bullet="- ", escape=_escaped))
    return f"# A second look at {_escaped(analysis.transcript.id)}\n\n{body}\n\n---\n{model}{LIMITS}\n"


def _lines(analysis: Analysis, passages: Mapping[str, Passage], bullet: str, escape: Any = str) -> list[str]:
    lines = [*_risk_lines(analysis), *(f"Note: {escape(note)}" for note in analysis.notes)]
    if analysis.state is State.NOT_ANALYSED:
        return ["Not analysed.", *lines]
    names = clean_speaker_names(analysis.transcript)
    coded = [f for f in analysis.findings if f.codes and analysis.transcript.turns[f.turn].role is Role.CLIENT]
    lines.append(f"{len(analysis.transcript.turns)} turns, {len(coded)} client turns that may be worth a second look.")
    if not coded:
        lines.append("No marker met the threshold. That is not the same as no rupture; quiet ones are missed most easily.")
    top = [f for f in coded if f.turn in analysis.top_moments]
    for heading, findings in (
        ("Look here first", sorted(top, key=lambda f: analysis.top_moments.index(f.turn))),
        ("Also", [f for f in coded if f not in top]),
    ):
        if findings:
            lines += ["", f"{heading}:", *(bullet + escape(_moment(analysis, f, names)) for f in findings)]
    lines += _session_lines(analysis, names, bullet, escape)
    for suggestion in analysis.suggestions:
        episode = analysis.episodes[suggestion.episode]
        cited = "; ".join(passages[p].title for p in suggestion.passages if p in passages)
        lines += ["", f"For the moment around turn {episode.peak}, words in which one {BY_CODE[suggestion.strategy].label}:"]
        lines += [bullet + escape(f"“{suggestion.text}”"), bullet + f"from: {cited}"]
    return lines


def _risk_lines(analysis: Analysis) -> list[str]:
    if not analysis.risk:
        return []
    turns = ", ".join(str(t) for t in dict.fromkeys(notice.turn for notice in analysis.risk))
    return [str(table("phrases")["risk_notice"]).replace("$where", f"turn {turns}"), ""]


def _moment(analysis: Analysis, finding: Finding, names: Mapping[str, str]) -> str:
    turn = analysis.transcript.turns[finding.turn]
    words = " … ".join(turn.text[start:end] for start, end in finding.evidence) or turn.text
    labels = "; ".join(f"{code} {BY_CODE[code].label}" for code in finding.codes)
    return f"turn {turn.index}, {names[turn.speaker]}: “{words}” ({labels}; {analysis.scores[turn.index].get(RUPTURE, 0.0):.2f})"


def _session_lines(analysis: Analysis, names: Mapping[str, str], bullet: str, escape: Any) -> list[str]:
    lines = []
    if analysis.episodes:
        lines += ["", "Episodes:"]
        for e in analysis.episodes:
            answered = ", ".join(f"{use.code} at turn {use.turn}" for use in e.strategies) or "no answer coded"
            who = ", ".join(escape(names[s]) for s in e.speakers)
            degree = f"severity {e.severity} of 5, resolved {e.resolved} of 5"
            lines.append(f"{bullet}turns {e.onset}–{e.end}, {who}, {e.family}, {degree}; {answered}")
    if analysis.session:
        s = analysis.session
        resolution = "–" if s.resolution is None else f"{s.resolution}"
        lines += ["", f"Session, 1 to 5: withdrawal {s.withdrawal}, confrontation {s.confrontation}, resolution {resolution}."]
        lines.append("What might your own share in the strained moments have been, if any?")
    if not ends_joint_work(notice.kind for notice in analysis.risk):
        share = ", ".join(f"{escape(names[speaker])} {value:.0%}" for speaker, value in analysis.talk_share.items())
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
    if not result["covered"]:
        return "The guidance does not cover this.\n"
    blocks = [f"{p['title']}  ({p['id']}, {p['score']:.2f})\n{p['text']}" for p in result["passages"]]
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    """Markdown and HTML specials made literal."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+!|~$<>&" else " " if c in "\r\n" else c for c in text)
