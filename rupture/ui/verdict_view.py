"""What a reader may say to a turn with one click, as HTML: agree, not a rupture, another code. Pure."""

from rupture.analysis import Finding
from rupture.codebook import BY_CODE
from rupture.corrections import Correction, Verdict, codes_for
from rupture.escape import safe
from rupture.transcript import Role, Turn

_TOLD = {
    Verdict.AGREE: "You agree.",
    Verdict.NOT_A_RUPTURE: "You read this otherwise: it is set aside.",
    Verdict.OTHER_CODE: "You gave this code.",
}


def verdict_html(here: Turn, finding: Finding, said: Correction | None) -> str:
    """Buttons for a client or therapist turn, pressed as `said` says; empty for anybody else."""
    if here.role is Role.OTHER:
        return ""
    buttons = ""
    if finding.codes or said:
        none = "Not a rupture" if here.role is Role.CLIENT else "Not an answer to it"
        buttons = _button(Verdict.AGREE, "I agree", said) + _button(Verdict.NOT_A_RUPTURE, none, said)
    told = f'<span class="told" role="status">{_TOLD[said.verdict]} Press it again to take it back.</span>' if said else ""
    return f'<div class="verdict" role="group" aria-label="How do you read this turn?">{buttons}{_codes(here, said)}{told}</div>'


def _button(verdict: Verdict, words: str, said: Correction | None) -> str:
    pressed = "true" if said and said.verdict is verdict else "false"
    return f'<button type="button" data-verdict="{verdict}" aria-pressed="{pressed}">{words}</button>'


def _codes(here: Turn, said: Correction | None) -> str:
    given = said.codes if said else ()
    options = "".join(
        f'<option value="{code}"{" selected" if code in given else ""}>{code} {safe(BY_CODE[code].label)}</option>'
        for code in codes_for(here.role)
    )
    again = (
        f'<button type="button" data-verdict="{Verdict.OTHER_CODE}" data-codes="{" ".join(given)}" aria-pressed="true">'
        f"{' '.join(given)}</button>"
        if given
        else ""
    )
    return (
        f'<select data-verdict="{Verdict.OTHER_CODE}" aria-label="Another code">'
        f'<option value="">another code …</option>{options}</select>{again}'
    )
