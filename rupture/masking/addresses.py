"""Streets, houses, boxes and postcodes: Safe Harbor's second class as far as rules reach. Towns are for other layers. Pure."""

from rupture.masking.patterns import DIGIT_WORD, NUMBER_WORDS, rule
from rupture.masking.spans import Kind

_STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|way|court|ct|terrace|place|boulevard|blvd|crescent|square|gardens|grove"
    r"|hill|row|mews|parade|highway|parkway|park|circle|rise|walk|green)"
)
_SURE_STREET = r"(?:street|road|avenue|lane|crescent|terrace|boulevard)"
_GENERAL = (
    r"(?!(?:a|an|the|my|your|our|his|her|their|its|this|that|these|those|same|every|each|some|any|no|one|main|wrong|right|busy|side|back|dirt"
    r"|long|old|quiet|dark|open|other|another|whole|next|memory|fast|slow|middle|hard|city|country|down|up|along|across|it|and|or|to)\b)"
)
_WORD = rf"{_GENERAL}[a-z][a-z'.-]+"
_NAMED = r"(?!(?:minutes?|hours?|days?|weeks?|years?|months?|miles?|people|of|times|more|and|or|to|in|a|the|it)\b)[a-z][a-z'.-]+"
_HOUSE = rf"(?:\d{{1,5}}[a-z]?|(?:{NUMBER_WORDS}|(?:one|two|three|four|five) hundred(?: and {NUMBER_WORDS})?|{DIGIT_WORD}(?: {DIGIT_WORD}){{1,4}}))"
_FLAT = r"(?:flat|apartment|apt\.?|unit|suite|room|house number|number|lot)"

ADDRESSES = (
    rule(Kind.ADDRESS, rf"\b(?:{_FLAT} \w{{1,4}},? )?{_HOUSE},? (?:{_NAMED} ){{1,3}}{_STREET}\b(?:,? (?:{_FLAT}) ?#?\w{{1,4}}\b)?"),
    rule(Kind.ADDRESS, rf"\b(?:flat|apartment|apt\.?|unit|suite) (?:\d{{1,4}}[a-z]?|[a-z]\d{{0,3}}|{NUMBER_WORDS}[a-z]?)\b(?! (?:or|of|test)\b)"),
    rule(Kind.ADDRESS, rf"\bp\.? ?o\.? box (?:\d+|{NUMBER_WORDS}(?: {NUMBER_WORDS})*)"),
    rule(Kind.ADDRESS, rf"\b(?:on|at|in|off|near|along|down|up|from|to|of|corner of|and) (?P<it>{_WORD}(?: {_WORD})? {_SURE_STREET})\b"),
    rule(Kind.ADDRESS, r"\b(?:on|at|off|in|near) (?P<it>(?-i:[A-Z][a-z'-]+(?: [A-Z][a-z'-]+)? (?:Close|Drive|Way|Court|Place|Square|Gardens|Grove|Hill|Row|Mews|Rise|Walk)))\b"),
    rule(Kind.POSTCODE, r"\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b"),
    rule(Kind.POSTCODE, r"\b[a-z]\d[a-z] ?\d[a-z]\d\b"),
    rule(Kind.POSTCODE, r"(?<![\w£$€.,-])\d{5}(?:-\d{4})?(?![\w%,.-]*\d)(?! (?:steps|pounds|dollars|euros|quid|people|words|calories)\b)\b"),
    rule(Kind.POSTCODE, rf"(?<![\w'])[a-z](?: [a-z])?(?: {DIGIT_WORD}){{1,2}}(?: [a-z])?(?: {DIGIT_WORD}) [b-hj-z] [a-z](?![\w'])"),
    rule(Kind.POSTCODE, rf"\b(?:zip|zip code|zipcode|post ?code)(?: (?:is|was|it's|its)|'s|:)*,? (?P<it>[a-z]{{1,2}}\d[a-z\d]?|\d{{3,5}}|(?:{DIGIT_WORD}|[a-z]|{NUMBER_WORDS})(?: (?:{DIGIT_WORD}|[a-z]|{NUMBER_WORDS})){{2,7}})\b"),
)  # fmt: skip
