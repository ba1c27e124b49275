"""Numbers and codes that belong to one person or thing: records, accounts, cards, plates, licences, devices; written, and
spoken digit by digit. Pure.

Of Safe Harbor's eighteen classes two are no words, finger prints and photographs; a file's name that holds a number goes as a
code.
"""

import re

from rupture.masking.contacts import counts_up
from rupture.masking.patterns import DIGIT_WORD, TEEN, TENS, UNIT, rule
from rupture.masking.spans import Kind

_NUMBER = r"(?:number|no\.?|num|id|code|#)"
_WHAT = (
    rf"(?:mrn|emr|medical record(?: {_NUMBER})?|record {_NUMBER}|hospital {_NUMBER}|patient {_NUMBER}|client {_NUMBER}|chart(?: {_NUMBER})?"
    rf"|case {_NUMBER}|file {_NUMBER}|policy(?: {_NUMBER})?|member(?:ship)? {_NUMBER}|insurance(?: {_NUMBER})?|group {_NUMBER}|claim {_NUMBER}"
    rf"|account(?: {_NUMBER})?|sort code|routing(?: {_NUMBER})?|iban|card(?: {_NUMBER})?|pin(?: {_NUMBER})?|passport(?: {_NUMBER})?"
    rf"|(?:driving |driver'?s? )?licen[cs]e(?: {_NUMBER}| plate)?|visa {_NUMBER}|student {_NUMBER}|badge(?: {_NUMBER})?|staff {_NUMBER}"
    rf"|employee {_NUMBER}|payroll {_NUMBER}|prison(?:er)? {_NUMBER}|booking {_NUMBER}|ref(?:erence)?(?: {_NUMBER})?|order {_NUMBER}"
    rf"|serial(?: {_NUMBER})?|device(?: {_NUMBER})?|imei|vin|registration(?: {_NUMBER})?|reg(?: {_NUMBER})?|(?:number )?plate(?: {_NUMBER})?"
    rf"|certificate(?: {_NUMBER})?|national insurance(?: {_NUMBER})?|ni {_NUMBER}|ssn|social(?: security)?(?: {_NUMBER})?|nhs(?: {_NUMBER})?"
    rf"|medicare(?: {_NUMBER})?|medicaid(?: {_NUMBER})?|health card(?: {_NUMBER})?|tax {_NUMBER}|ip(?: address)?|mac address|username|locker"
    rf"|voucher(?: {_NUMBER})?|tracking {_NUMBER}|door code|password|ending(?: in)?|last four(?: digits)?|digits)"
)
_SAYS = r"(?: (?:is|was|are|reads|says|it's|its|ending|ends|in|with|um|uh|like|at|that's|thats)|'s|:|,|;|\.|-|#| -| #){0,6}"
_LETTER = r"[a-z]"
_SPOKEN = rf"(?:{DIGIT_WORD}|{TEEN}|{TENS}|double|triple|hundred|{_LETTER}|dash|slash|\d{{1,4}})"
_DIGITS_SPOKEN = re.compile(rf"\b(?:{DIGIT_WORD}|{TEEN}|{TENS}|\d{{1,4}})\b", re.IGNORECASE)
_LETTERS_SPOKEN = re.compile(r"\b[b-hj-z]\b", re.IGNORECASE)
_PLAIN_CODES = re.compile(r"(?:\d{1,4}(?:st|nd|rd|th|s|am|pm|mg|kg|ml|k|mph|lbs?|oz|cm|mm|mins?|hrs?|x|ish|m|g|h|ft|p)|covid-?19|[a-z]{1,2}\d{1,2}|(?:19|20)\d\d-?(?:19|20)?\d\d)", re.IGNORECASE)  # fmt: skip


def _is_code(said: str) -> bool:
    digits = sum(character.isdigit() for character in said)
    return digits > 1 and len(said) > 4 and not _PLAIN_CODES.fullmatch(said)


def _is_spoken_code(said: str) -> bool:
    """Digits enough among single letters and number words, told rather than counted."""
    spoken, letters = _DIGITS_SPOKEN.findall(said), _LETTERS_SPOKEN.findall(said)
    return (len(spoken) > 1 and len(letters) > 1) or (len(spoken) > 2 and not counts_up(said))


def _is_spelled(said: str) -> bool:
    return bool(_DIGITS_SPOKEN.search(said))


CODES = (
    rule(Kind.NUMBER, r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
    rule(Kind.NUMBER, r"\b(?:[0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4}\b|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b"),
    rule(Kind.NUMBER, r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    rule(Kind.NUMBER, r"\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-z]\b"),
    rule(Kind.NUMBER, r"\b[a-z]{2}\d\d ?[a-z]{3}\b"),
    rule(Kind.NUMBER, r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b", _is_code),
    rule(Kind.NUMBER, r"(?<![\w./:=-])(?=[\w/-]*\d)(?=[\w/-]*[a-z])[a-z0-9]+(?:[/-][a-z0-9]+)*(?![\w/@]|-\w)", _is_code),
    rule(Kind.NUMBER, rf"\b{_WHAT}\b{_SAYS} ?(?P<it>(?=[^\s]*\d)[a-z0-9][\w/*.-]*\w(?:[ -]\d[\w-]*)*)(?!\w)"),
    rule(Kind.NUMBER, rf"\b{_WHAT}\b{_SAYS} (?P<it>(?!(?:is|was|are|in|of|at|to|it|on|my|the|and)\b)[a-z]{{1,3}}[ -]?\d{{2,}}(?:[ -]\w*\d\w*)*)(?!\w)"),
    rule(Kind.NUMBER, rf"\b(?:plate|reg|registration)\b{_SAYS} (?P<it>(?!(?:is|was|are|in|of|at|to|it|on|my|the|and)\b)[a-z]{{2,3}}[ -]?\d{{2,4}}|\d{{1,4}}[ -]?[a-z]{{2,3}}|[a-z]\d{{1,3}} ?[a-z]{{3}})\b"),
    rule(Kind.NUMBER, rf"\b{_WHAT}\b{_SAYS} (?P<it>{_SPOKEN}(?:[ ,.-]+{_SPOKEN}){{2,}})(?!\w)", _is_spelled),
    rule(Kind.NUMBER, rf"(?<![\w'])(?:{_SPOKEN}[ ,.-]+){{4,}}{_SPOKEN}(?![\w'])", _is_spoken_code),
    rule(Kind.NUMBER, rf"\b{UNIT}(?: (?:{DIGIT_WORD}|{TEEN}|{TENS})){{0,6}} dot (?:(?:{DIGIT_WORD}|{TEEN}|{TENS}|hundred|and|dot)\b ?){{3,24}}"),
)  # fmt: skip
DIGITS = (
    rule(Kind.NUMBER, r"(?<![\w£$€.,])(?<![£$€] )\d(?:[ ()/-]{0,2}\d){4,40}(?![\w%]| (?:steps|pounds|dollars|euros|quid|people|words|calories))"),
)  # fmt: skip
"""Any other long number that is no price or count; asked last, since every other kind says more."""
