"""Dates and ages, written and spoken: Safe Harbor's third class (45 CFR 164.514(b)(2)), ages below 90 too. A year alone and a
day of the week alone stay; so does a number of days or weeks. Pure."""

from rupture.masking.patterns import MONTH, NUMBER_WORDS, ORDINAL, TEEN, TENS, UNIT, WEEKDAY, YEAR, rule
from rupture.masking.spans import Kind

_DAY = rf"(?:[0-3]?\d(?:st|nd|rd|th)?|{ORDINAL})"
_SPOKEN_DAY = rf"(?:{ORDINAL}|[0-3]?\d(?:st|nd|rd|th))"
_THEN = rf"(?:,? (?:of |in )?{YEAR}\b)?"
_SURE_MONTH = r"(?:january|february|july|september|october|november|december)"
"""Months that are nothing else; April, June, May, March and August are names or words too."""
_MAYBE_MONTH = r"(?:april|june|august)"
_SMALL = rf"(?:{TENS}(?:[ -]{UNIT})?|{TEEN}|{UNIT}|\d{{1,2}})"
_AGE = rf"(?:\d{{1,3}}|(?:a )?hundred(?: and {NUMBER_WORDS})?|{NUMBER_WORDS})"
_END = (
    r"(?=\s*(?:[.,;:!?)\]]|$|\b(?:and|now|next|this|when|today|but|so|already|tomorrow|at|for|by|with|who|after|before|then|still|since|because|cos|though|yet"
    r"|i|he|she|we|they|you|my|in|on|the|it|years? old)\b))"
)
_WHO = r"(?:i|he|she|they|you|who)"
_IS = r"(?:'m|'s|'re| am| is| are| was| were|m|s|re|'ll be| will be|'d be)"

DATES = (
    rule(Kind.DATE, rf"\b(?:the )?{_DAY}(?: day)?(?: of)?,? {MONTH}{_THEN}(?!\w)"),
    rule(Kind.DATE, rf"\b{MONTH} (?:the )?{_SPOKEN_DAY}\b{_THEN}"),
    rule(Kind.DATE, rf"\b{MONTH} [0-3]?\d\b(?! (?:times|people|or|minutes|hours|days|weeks|of)\b){_THEN}"),
    rule(Kind.DATE, rf"\b{MONTH},? (?:of |in )?{YEAR}\b"),
    rule(Kind.DATE, rf"\b(?:mid|early|late)?[ -]?{_SURE_MONTH}\b"),
    rule(Kind.DATE, rf"\b(?:in|last|this|next|since|by|until|till|mid|early|late|of|from|during|every|the)[ -](?P<it>{_MAYBE_MONTH})\b"),
    rule(Kind.DATE, r"\b(?:in|last|next|since|until|till|mid|early|late|this|every|by)[ -](?P<it>march)\b"),
    rule(Kind.DATE, r"\b(?:in|last|next|since|until|till|mid|early|late|every)[ -](?P<it>may)\b(?!'| (?:be|have|not|well)\b)"),
    rule(Kind.DATE, r"(?<![\w.])(?:\d{1,2}|\d{4})([/.-])\d{1,2}\1\d{1,4}(?![\w])"),
    rule(Kind.DATE, r"(?<![\w.])(?:\d{4}-\d\d-\d\dt\d\d:\d\d\S*)"),
    rule(Kind.DATE, r"\b(?:on|since|by|until|till|from|dated|born|dob:?) (?:the )?(?P<it>[0-3]?\d[/.][01]?\d)(?![\w/.])"),
    rule(Kind.DATE, rf"\b(?:last|next|this past|past|this coming|coming|following|previous) {WEEKDAY}\b(?: the {_DAY}\b)?"),
    rule(Kind.DATE, rf"\ba week (?:last|next|this|on|from|ago)(?: on)? {WEEKDAY}\b"),
    rule(Kind.DATE, rf"\b{WEEKDAY}(?: (?:last|next|before last|week|fortnight)\b(?! (?:i|we|he|she|they|you)\b)|,? the {_DAY}\b)"),
    rule(Kind.DATE, rf"\b{WEEKDAY},? {_SPOKEN_DAY}(?!\w)"),
    rule(Kind.DATE, rf"\b{WEEKDAY} (?:of )?(?:last|next) week\b"),
    rule(Kind.DATE, rf"\b(?:the )?{WEEKDAY} (?:before last|after next)\b"),
    rule(Kind.DATE, r"\b(?:on|since|by|until|till|from|for|before|after|was|is|it's|its) (?P<it>the [0-3]?\d(?:st|nd|rd|th))\b(?! \w+day| (?:time|floor|year|grade|session|one|step|day|week|round|century|birthday|go|lesson|page))"),
    rule(Kind.DATE, r"\b(?:on|since|by|until|till|from) (?P<it>the (?:(?:twenty|thirty)[ -]\w+(?:st|nd|rd|th)|(?:eleven|twelf|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twentie|thirtie)th))\b(?! (?:time|floor|year|grade|session|one|step|day|week|round|century|birthday|go|page))"),
    rule(Kind.DATE, r"\b(?:christmas (?:eve|day)|boxing day|new year'?s (?:eve|day)|valentine'?s day|halloween|bonfire night|independence day|st patrick'?s day|good friday|easter (?:sunday|monday))\b"),
    rule(Kind.DATE, rf"\b(?:born(?: on)?|date of birth|birthday|birth date|d\.? ?o\.? ?b\.?)(?: is| was|'s|:| it's)*(?: on)?(?: the)? (?P<it>{_SMALL}(?:[ ,/.-]+{_SMALL}){{2,4}}(?: hundred)?)\b"),
)  # fmt: skip

AGES = (
    rule(Kind.AGE, rf"\b{_AGE}[ -](?:years?|yrs?|months?|weeks?|days?)[ -]old\b"),
    rule(Kind.AGE, rf"\b{_AGE}[ -](?:years?|yrs?) of age\b"),
    rule(Kind.AGE, rf"\b{_AGE} ?y/?o\b"),
    rule(Kind.AGE, rf"\b(?:age|aged|ages|at age|the age of|age of|age:|age is) (?P<it>{_AGE})(?!\w)"),
    rule(Kind.AGE, rf"\b(?:turn(?:s|ed|ing)|(?:i|to|will|'ll|he|she|they|you) turn|hits?|hitting) (?P<it>{_AGE}){_END}"),
    rule(Kind.AGE, rf"\b{_WHO}{_IS} (?:only |just |nearly |almost |about |now |like )?(?P<it>\d{{2,3}}|{TENS}(?:[ -]{UNIT})?|{TEEN}){_END}"),
    rule(Kind.AGE, rf"\b(?:when|since|until|till|before|after|by the time) {_WHO}{_IS} (?:only |just |about |like )?(?P<it>{_AGE}){_END}"),
    rule(Kind.AGE, rf"\b(?P<it>{_AGE})(?:st|nd|rd|th)? birthday\b"),
    rule(Kind.AGE, rf"\b(?P<it>{ORDINAL}|(?:thirt|fort|fift|sixt|sevent|eight|ninet)ieth|(?:forty|fifty|sixty|seventy|eighty|ninety)[ -]{ORDINAL}) birthday\b"),
)  # fmt: skip
"""`I'm 34.` is an age, `I'm 10 minutes late` is not: after a bare number nothing that could be counted."""
