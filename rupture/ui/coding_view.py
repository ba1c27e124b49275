"""A session to be coded turn by turn, as HTML; its behaviour is `practice_script.CODING`. Shows no code, note or rating. Pure."""

from collections.abc import Collection, Sequence

from rupture.codebook import BY_CODE, Family
from rupture.corrections import codes_for
from rupture.escape import safe
from rupture.transcript import Role, Transcript, Turn, clean_speaker_names

_KEYS = (
    "Keys: W, C or R and a number give or take back a code (0 is 10), question mark says that you are leaning, Enter goes on, "
    "P goes back."
)
_REPLY = "What would you say here, as the therapist? Leave it empty if you would say nothing."
_FAMILY_HEADS = {
    Family.WITHDRAWAL: "moves away",
    Family.CONFRONTATION: "moves against",
    Family.STRATEGY: "answers a strain",
}


def coding_html(
    transcript: Transcript,
    shown: Collection[int],
    asked: Collection[int],
    replies: Collection[int],
    *,
    lead: Sequence[str],
    whole: bool,
) -> str:
    """The turns `shown` of `transcript`, in order, with the codes of the codebook to give to those `asked`. Turn by turn what
    comes after the next one asked is out of sight, or the `whole` of it is there at once. At `replies` a reply is asked for.
    `lead` are the lines above it."""
    names = clean_speaker_names(transcript)
    turns = [turn for turn in transcript.turns if turn.index in shown]
    first = next((turn.index for turn in turns if turn.index in asked), turns[0].index)
    rows = "".join(
        _row(turn, names[turn.speaker], turn.index in asked, first, reply=turn.index in replies, whole=whole) for turn in turns
    )
    return (
        f'<div class="coding-desk" data-session="{safe(transcript.id)}" data-whole="{"yes" if whole else "no"}">'
        f'{"".join(f"<p>{safe(line)}</p>" for line in lead)}<p class="keys">{safe(_KEYS)}</p>'
        f'<div class="coding" tabindex="0" role="group" aria-label="The session, turn by turn. {safe(_KEYS)}">{rows}</div>'
        f"{_controls()}</div>"
    )


def _row(turn: Turn, name: str, asked: bool, first: int, *, reply: bool, whole: bool) -> str:
    """A turn; those after the `first` one that is asked about come into sight one by one."""
    here = " here" if turn.index == first else ""
    hidden = "" if whole or turn.index <= first else " hidden"
    return (
        f'<div class="turn {turn.role}{here}" data-turn="{turn.index}" data-role="{turn.role if asked else ""}" '
        f'data-name="{safe(name)}"{" data-reply" if reply else ""}{hidden}>'
        f'<div class="who"><span class="name">{safe(name)}</span> {turn.index}</div>'
        f'<div><div class="words">{safe(turn.text)}</div><div class="given" aria-live="polite"></div></div></div>'
    )


def _controls() -> str:
    groups = "".join(_codes(role) for role in (Role.CLIENT, Role.THERAPIST))
    sure = (
        '<span class="sureness" role="group" aria-label="How sure are you?" hidden><button type="button" data-sure="2" '
        'aria-pressed="true">clear</button><button type="button" data-sure="1" aria-pressed="false">leaning</button></span>'
    )
    steps = (
        '<span class="steps"><button type="button" data-go="-1" disabled>Back</button>'
        '<button type="button" class="on" data-go="1">Nothing here, go on</button>'
        '<button type="button" data-finish="yes">Stop here and compare</button></span>'
    )
    reply = (
        f'<label class="reply" hidden>{safe(_REPLY)}<textarea rows="2" autocomplete="off" spellcheck="false"></textarea></label>'
    )
    return (
        '<div class="coder" role="group" aria-label="Code this turn"><p class="at" role="status">Turn 0</p>'
        f"{groups}{reply}<p>{sure}{steps}</p></div>"
    )


def _codes(role: Role) -> str:
    families = dict.fromkeys(BY_CODE[code].family for code in codes_for(role))
    rows = "".join(
        f'<p><span class="head">{_FAMILY_HEADS[family]}</span>'
        + "".join(_code(code) for code in codes_for(role) if BY_CODE[code].family is family)
        + "</p>"
        for family in families
    )
    hidden = "" if role is Role.CLIENT else " hidden"
    return f'<div class="codes" data-role="{role}" role="group" aria-label="Codes"{hidden}>{rows}</div>'


def _code(code: str) -> str:
    row = BY_CODE[code]
    hint = safe(f"{row.definition} {row.contrast}".strip())
    return (
        f'<button type="button" class="{row.family}" data-code="{code}" aria-pressed="false" title="{hint}">'
        f"<b>{code}</b> {safe(row.label)}</button>"
    )
