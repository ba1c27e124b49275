"""The balance of a session, the parts of the alliance and what held, as HTML. Pure: counts and choices are made in
`rupture/balance.py` and `rupture/assistant/held.py`.
"""

from collections.abc import Sequence

from rupture.analysis import Analysis, State
from rupture.assistant.caution import violence_in_joint_session
from rupture.assistant.draft import phrase
from rupture.assistant.held import Repair, degree, held
from rupture.assistant.moment_text import slice_of
from rupture.balance import LEAST_GAP, LEAST_RATIO, LEAST_STRAINED, ClientBalance, Split, Voice, balance, components
from rupture.codebook import BY_CODE, Component, Family
from rupture.escape import safe
from rupture.transcript import Transcript, clean_speaker_names
from rupture.words import COMPONENT_WORDS, FAMILY_SIGNS, FAMILY_WORDS, display_name

_OPEN_REPAIRS = 3
"""Repairs shown at once, as many as a reply in the chat tells of; the others are behind a fold."""
_OPEN_TURNS = 8
"""Turns of one part of the alliance shown at once."""


def balance_html(analysis: Analysis) -> str:
    """Each speaker's part in the talk; of several clients also how each fares and who is answered. Where the words may be about
    violence between partners only why this is left out; empty for a session that was not analysed."""
    found = balance(analysis)
    if found.left_out:
        return (
            f'<section class="balance"><h3>Who spoke how much</h3><p>This is left out. {safe(phrase("risk_joint"))}</p></section>'
        )
    if not found.voices:
        return ""
    voices = "".join(_voice(analysis.transcript, voice) for voice in found.voices)
    clients = _clients(analysis.transcript, found.clients, found.split) if found.clients else ""
    return (
        '<section class="balance"><h3>Who spoke how much</h3>'
        '<p class="scale">Share of all words, and questions by their question marks. There is no right share.</p>'
        f'<ul class="voices">{voices}</ul>{clients}</section>'
    )


def components_html(analysis: Analysis) -> str:
    """The three parts of the alliance, each with the client turns that may strain it, as bars and in words; empty for a session
    that was not analysed."""
    if analysis.state is State.NOT_ANALYSED:
        return ""
    found = components(analysis)
    most = max(map(len, found.values()))
    rows = "".join(_part(part, turns, most) for part, turns in found.items())
    return (
        '<section class="parts"><h3>Which part of the alliance</h3>'
        '<p class="scale">Client turns that may strain each part. It goes by the marker, and a turn can count in several.</p>'
        f"<ul>{rows}</ul></section>"
    )


def held_html(analysis: Analysis, miss_rate: float | None) -> str:
    """What held, in the words of the chat, each with the turn to look at; empty for a session that was not analysed.
    `miss_rate` is the measured share of missed turns in [0, 1], or None."""
    if analysis.state is State.NOT_ANALYSED:
        return ""
    if violence_in_joint_session(analysis):
        return _held_section(f"<p>This is left out. {safe(phrase('risk_joint'))}</p>")
    found = held(analysis)
    shown = "".join(_repair(analysis, repair) for repair in found.repairs[:_OPEN_REPAIRS])
    more = "".join(_repair(analysis, repair) for repair in found.repairs[_OPEN_REPAIRS:])
    told = f"<ul>{shown}</ul>" if shown else f"<p>{safe(phrase('no_repair'))}</p>"
    if more:
        told += f'<details class="more"><summary>{len(found.repairs) - _OPEN_REPAIRS} more</summary><ul>{more}</ul></details>'
    return _held_section(told + (_calm(found.calm, miss_rate) if found.calm else ""))


def _voice(transcript: Transcript, voice: Voice) -> str:
    percent = round(100 * voice.share)
    name, label = display_name(transcript, voice.speaker), voice.speaker[:40]
    written = f" <small>{safe(label)}</small>" if label != name else ""
    facts = (
        f"{_count(voice.turns, 'turn')} of {_count(round(voice.mean_words), 'word')} on average, the longest "
        f"{_count(voice.longest_words, 'word')} ({_link(voice.longest_turn)}); {_count(voice.questions, 'question')}"
    )
    return (
        f'<li><div class="voice"><span><b>{safe(name)}</b>{written}</span> <span>{percent} %</span></div>'
        f'<div class="bar" aria-hidden="true"><i style="width:{percent}%"></i></div><p class="facts">{facts}</p></li>'
    )


def _clients(transcript: Transcript, clients: Sequence[ClientBalance], split: Split | None) -> str:
    names = clean_speaker_names(transcript)
    rows = "".join(_client(names[client.speaker], client) for client in clients)
    question = _question(names[split.more.speaker], names[split.less.speaker], split) if split else ""
    return (
        '<h4>Each client</h4><p class="scale">Even is not the same as fair, and it is not the aim where one may be afraid of '
        f'another.</p><ul class="clients">{rows}</ul>{question}'
    )


def _client(name: str, client: ClientBalance) -> str:
    kinds = [_kind(family, count) for family, count in client.by_family.items() if count]
    strain = (
        f"{client.strained} of {_count(client.turns, 'turn')} may show strain: {', '.join(kinds)}."
        if kinds
        else f"In {_count(client.turns, 'turn')} no marker met the threshold."
    )
    next_up = (
        f"The therapist spoke next after {client.answered} of them; if it did not matter who had spoken, it would be about "
        f"{round(client.expected)}."
    )
    return f'<li><b>{safe(name)}</b><p class="facts">{strain} {next_up}</p></li>'


def _kind(family: Family, count: int) -> str:
    sign = f'<span class="sign" aria-hidden="true">{FAMILY_SIGNS[family]}</span>'
    return f'<span class="{family}">{sign} {FAMILY_WORDS[family]} in {count}</span>'


def _question(more: str, less: str, split: Split) -> str:
    """A sign of a split alliance, as a question to the therapist, with the rule that raised it."""
    counted = (
        f"{split.more.strained} of {_count(split.more.turns, 'turn')} of {more} may show strain, and {split.less.strained} of "
        f"{_count(split.less.turns, 'turn')} of {less}."
    )
    asked = (
        f"How might the work with you be for each of them, and what could make it feel safe, and theirs, for {more} too? Whose "
        "side of things was easier for you to take up?"
    )
    rule = (
        "Where one person is well in with the therapist and another is not, the alliance is called split (Friedlander, "
        "Escudero & Heatherington 2006). This is asked by a rule of thumb of this project: at least "
        f"{LEAST_STRAINED} such turns of one client, {LEAST_RATIO} times the other’s share or more, and at least "
        f"{round(100 * LEAST_GAP)} in 100 turns more. It cannot tell a split from a hard week, and it misses some."
    )
    return f'<p class="question"><b>A question for you.</b> {safe(counted)} {safe(asked)}</p><p class="scale">{safe(rule)}</p>'


def _part(part: Component, turns: Sequence[int], most: int) -> str:
    """One part: its name, a bar against the longest, the count in words and the turns."""
    width = round(100 * len(turns) / max(1, most))
    count = _count(len(turns), "turn") if turns else "no turn met the threshold"
    links = f": {', '.join(map(_link, turns[:_OPEN_TURNS]))}" if turns else ""
    more = turns[_OPEN_TURNS:]
    fold = f'<details class="more"><summary>{len(more)} more</summary>{", ".join(map(_link, more))}</details>' if more else ""
    return (
        f'<li class="{part}"><b>{safe(COMPONENT_WORDS[part])}</b>'
        f'<div class="bar" aria-hidden="true"><i style="width:{width}%"></i></div><p class="facts">{count}{links}</p>{fold}</li>'
    )


def _held_section(told: str) -> str:
    return f'<section class="held"><h3>What held</h3>{told}</section>'


def _repair(analysis: Analysis, repair: Repair) -> str:
    turn, row = repair.turn, BY_CODE[repair.code]
    quote = slice_of(analysis.transcript.turns[turn].text)
    said = phrase("repair", seed=turn, turn=turn, quote=quote, label=row.label, code=row.code)
    after = phrase(f"repair_after.{degree(repair.episode)}") if repair.episode else ""
    return f"<li>{safe(f'{said} {after}'.strip())} {_link(turn)}</li>"


def _calm(turns: Sequence[int], miss_rate: float | None) -> str:
    missed = phrase("no_marker_unknown") if miss_rate is None else phrase("no_marker_missed", missed=round(10 * miss_rate))
    said = phrase("calm", first=turns[0], last=turns[-1], count=len(turns), missed=missed)
    return f"<p>{safe(said)} {_link(turns[0])}</p>"


def _link(turn: int) -> str:
    return f'<button type="button" class="link" data-turn="{turn}">turn {turn}</button>'


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
