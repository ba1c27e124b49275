"""Ways to reach somebody, written and spoken: e-mail, web address, handle, telephone. Pure.

Presidio's own recognisers of e-mail and web addresses are not used: they look a list of domains up on the network.
"""

import re
from itertools import pairwise

from rupture.masking.patterns import DIGIT_WORD, TEEN, TENS, rule
from rupture.masking.spans import Kind

_SPOKEN_DIGITS = rf"(?: {DIGIT_WORD}){{2,}}"
_TOP = r"(?:com|org|net|edu|gov|info|io|me|app|dev|co|uk|us|ca|au|ie|nz|de|fr|es|it|nl|eu|biz|health|care|clinic|blog|online|site|example)"
_SPOKEN_TOP = r"(?:com|org|net|edu|gov|info|io|me|app|co dot uk|co dot nz|com dot au|org dot uk|ac dot uk|uk|ca|ie|de|eu|example)"
_PART = r"[a-z0-9]+"
_SITE = r"(?:instagram|insta|twitter|snapchat|snap|tiktok|tik tok|discord|reddit|facebook|telegram|signal|skype|twitch|youtube|linkedin|xbox|steam)"
_CALLED = r"(?:handle|username|user name|screen name|gamertag|gamer tag|profile|account|id|name|channel|tag)"
_SAYS = r"(?: (?:is|was|as|under|it's|its|called|goes by)|'s|:|,)"

CONTACTS = (
    rule(Kind.EMAIL, r"(?<![\w.+'-])[\w.+'-]+ ?@ ?[\w-]+(?:\.[\w-]+)+"),
    rule(
        Kind.EMAIL,
        rf"\b(?!(?:look|looking|posted|up|is|it|was|found|page|blog)\b){_PART}(?: (?:(?:dot|point|underscore|dash|hyphen|plus) {_PART}|{DIGIT_WORD})){{0,8}} at (?!www\b){_PART}(?: (?:dash|hyphen) {_PART})*"
        rf"(?: dot {_PART}){{0,2}} dot {_SPOKEN_TOP}\b(?! dot)",
    ),
    rule(Kind.LINK, r"\b(?:https?://|www\.)[^\s\[\]<>]+"),
    rule(Kind.LINK, rf"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]*\.)+{_TOP}(?:/[^\s\[\]<>]*)?(?![\w.@-]*@)\b"),
    rule(Kind.LINK, rf"\b(?:(?:http|https) colon slash slash )?www dot {_PART}(?: (?!dot\b|slash\b|dash\b|hyphen\b){_PART}(?= dot)){{0,1}}(?: (?:dash|hyphen|dot) {_PART}){{0,8}}(?: (?:forward )?slash {_PART}){{0,8}}"),
    rule(Kind.LINK, rf"\b{_PART}(?: (?:dash|hyphen) {_PART}){{0,4}} dot {_SPOKEN_TOP}\b(?: (?:forward )?slash {_PART}){{0,8}}"),
    rule(Kind.HANDLE, r"(?<![\w@.])@[a-z_][\w.]*\w"),
    rule(Kind.HANDLE, rf"(?<!\w)(?:u/|r/|u slash |r slash )\w{{3,}}(?: {DIGIT_WORD})*"),
    rule(Kind.HANDLE, r"\b\w{2,}#\d{3,5}\b"),
    rule(Kind.HANDLE, r"\b(?=\w*[a-z])[^\W_]+_\w*[^\W_]\b"),
    rule(Kind.HANDLE, rf"\b(?:at )?[a-z0-9]+(?: (?:underscore|dot) [a-z0-9]+){{0,6}} underscore [a-z0-9]+(?: (?:(?:underscore|dot) [a-z0-9]+|{DIGIT_WORD})){{0,8}}\b"),
    rule(Kind.HANDLE, rf"\bat [a-z]{{4,}}{_SPOKEN_DIGITS}(?! (?:to|past|minutes|hours|o'clock|in))\b"),
    rule(
        Kind.HANDLE,
        rf"\b{_SITE}(?: {_CALLED})?{_SAYS} (?:at )?(?P<it>[a-z]\w*(?:\.\w+)*\d\w*|[a-z]\w+(?:[._]\w+)+|[a-z]\w+(?: dot \w+)+)(?!\w)",
    ),
    rule(
        Kind.HANDLE,
        r"\b(?:handle|username|user name|screen name|gamertag|gamer tag)(?: is| was|'s|:|,) (?:at )?"
        r"(?P<it>(?!and\b|for\b|on\b|so\b|that\b|the\b|my\b|it\b|with\b|to\b|not\b|just\b)[a-z][\w.]{2,}\w)",
    ),
    rule(Kind.PHONE, r"(?<![\w.])(?!(?:\d{1,3}\.){3}\d{1,3}\b)\+?\(?\d(?:[ ().-]{0,2}\d){6,14}(?: ?(?:x|ext\.?|extension) ?\d{1,6})?(?![\w])"),
    rule(
        Kind.PHONE,
        r"\b(?:call|ring|phone|text|dial|mobile|cell|number|tel|telephone|landline|fax|whatsapp|extension|ext)(?: (?:me|us|him|her|them|on|at|number"
        r"|is|was|it's))*[:.,]? (?P<it>\+?\(?\d(?:[ ().-]{0,2}\d){2,14})(?!\w| (?:times|hours|people|days|minutes))",
    ),
    rule(
        Kind.PHONE,
        rf"\b(?:call|ring|phone|text|dial|mobile|cell|number|tel|telephone|landline|fax|whatsapp|extension|ext)(?: (?:me|us|him|her|them|on|at|number"
        rf"|is|was|it's|its|um|uh))*[:.,]? (?P<it>(?:{DIGIT_WORD}|{TEEN}|{TENS}|double|triple)(?:[ ,.-]+(?:{DIGIT_WORD}|{TEEN}|{TENS}|double|triple|hundred|um"
        r"|uh)){3,})\b",
        lambda said: not counts_up(said),
    ),
)  # fmt: skip

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counts_up(said: str) -> bool:
    """Whether digits are counted rather than told: `one two three four`, up or down."""
    spoken = [_UNITS.index(word) for word in re.findall(r"[a-z]+", said.lower()) if word in _UNITS]
    steps = {after - before for before, after in pairwise(spoken)}
    return len(spoken) > 1 and steps in ({1}, {-1}, {0})
