"""Risk language by fixed patterns: the floor under what `learned_care` notices. It only ever adds a notice, assesses
nothing and never reassures.

Patterns are English and err towards noticing; a missing notice means nothing. Used on transcripts, on text that could not
be analysed and on chat questions alike.
"""

import re
from collections.abc import Iterable

from rupture.plain_letters import plain_letters

SELF_HARM, HARM_TO_OTHERS, ABUSE, PARTNER_VIOLENCE = "self_harm", "harm_to_others", "abuse", "partner_violence"

_THEM = r"(?:him|her|them|you|my (?:wife|husband|partner|boss|ex|dad|mum|mom|father|mother|brother|sister|kids?|son|daughter|boyfriend|girlfriend|baby|child|children)|the (?:baby|kids?|child|children)|someone|somebody|people)"
_PARTNER = r"(?:he|she|they|my (?:husband|wife|partner|boyfriend|girlfriend|ex))"
# Urging somebody to do a thing is not pushing them to the floor, and winning is not hitting.
_HIT = r"(?:hits?|hit|beats?|beat|punch(?:es|ed)?|slap(?:s|ped)?|chok(?:es|ed)|strangl(?:es|ed)|kick(?:s|ed)|burn(?:s|ed|t)|push(?:es|ed)(?!\s+(?:me|us)\s+to\s+(?!(?:the|a|one|my|his|her)\b))|shov(?:es|ed)|rap(?:es|ed))"
_GAMES = r"(?!\s+at\s+(?:chess|cards|golf|tennis|pool|darts|scrabble|games?|everything)\b)"

# Each row: kind, pattern for `plain_letters`. Word gaps are bounded, so that every pattern runs in linear time.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        SELF_HARM,
        r"\b(?:kill|killing|killed|hurt|hurting|harm|harming|cut|cutting|hang|hanging|shoot|drown|burn|burning)\s+(?:myself|my ?self)\b",
    ),
    (
        SELF_HARM,
        r"\b(?:kill|killing|harm|harming|hurt|hurting|cut|cutting)\s+(?:yourself|your ?self|himself|herself|themselves)\b",
    ),
    (SELF_HARM, r"\bsuicid\w*\b"),
    (SELF_HARM, r"\b(?:(?:end|ending|take|taking|took)\s+my (?:own )?life|(?:end|ending)\s+(?:it all|everything))\b"),
    (
        SELF_HARM,
        r"\b(?:wants?|wanted|wanna|wish|wishes|wished|rather|better|prefer|ready|hoping)\s+(?:[\w']+\s+){0,3}(?:dead(?!\s+(?:honest|sure|certain|right|easy|leaves|weight|wood))|to die|(?:was|were)(?:n't| not| never) (?:here|alive|born)|(?:never|not) been born)\b",
    ),
    (
        SELF_HARM,
        r"\b(?:don't|do not|didn't|dont|didnt|no longer)\s+(?:really\s+|even\s+)?(?:want|wanna|wish)\s+(?:to\s+)?(?:be here anymore|be here any more|be alive|live|wake up|exist|be around anymore|go on living|carry on living)\b",
    ),
    (
        SELF_HARM,
        r"\b(?:no|any|what's the|what is the)\s+(?:point|reason|use)\s+(?:\w+\s+){0,3}(?:living|to live|being alive|staying alive|going on(?!\s+(?:with|about)))\b",
    ),
    (
        SELF_HARM,
        r"\b(?:everyone|everybody|they|people|the kids|my family|my kids|the world)(?:(?:'d| would|d)?\s+(?:all\s+)?(?:be\s+|is\s+|are\s+)?(?:better off|happier)|(?:'d| would)\s+(?:all\s+)?be fine)\s+(?:if i (?:was|were)(?:n't| not) (?:here|around)|without me|with me gone)\b",
    ),
    (
        SELF_HARM,
        r"\b(?:overdos\w*|self[- ]harm\w*|took (?:all|a bottle of|a load of|too many) (?:the |my |of )*(?:pills|tablets|paracetamol|meds)|slit my wrists?|razor blades? (?:on|to) my)\b",
    ),
    (
        SELF_HARM,
        r"\b(?:go to sleep|fall asleep|close my eyes)\s+(?:\w+\s+){0,2}(?:and\s+)?(?:not|never)\s+(?:wake|wake up|waking)\b",
    ),
    (
        SELF_HARM,
        r"\b(?:drive|driving|drove|walk|walking|step|jump|jumping|jumped|throw(?:ing)? myself)\s+(?:\w+\s+){0,4}(?:into (?:a|the) (?:tree|wall|traffic|train|lorry|truck|river)|off (?:a|the) (?:bridge|roof|building|cliff)|in front of (?:a|the) (?:train|bus|car|lorry|truck))\b",
    ),
    (SELF_HARM, r"\b(?:top|topping|topped|off|offing|unalive|do away with|doing away with)\s+myself\b"),
    (
        SELF_HARM,
        r"\b(?:thought|think|thinking|thoughts)\s+(?:\w+\s+)?(?:about|of)\s+not\s+(?:being (?:here|around|alive)(?!\s+(?:next|on|for|tomorrow|today|in)\b)|waking up)\b",
    ),
    (SELF_HARM, r"\b(?:if|hope|hoping|wish|wishing)\s+i\s+(?:just\s+)?(?:didn't|don't|never|won't|wouldn't)\s+w(?:ake|oke) up\b"),
    (SELF_HARM, r"\b(?:written|wrote|writing)\s+(?:\w+\s+){0,2}(?:goodbye|suicide)\s+(?:notes?|letters?)\b"),
    (
        HARM_TO_OTHERS,
        rf"\b(?:i(?:'ll| will|'m going to|'m gonna| am going to| could| want to| wanna|'d like to| swear i'll)|going to|gonna)\s+(?:\w+\s+){{0,2}}(?:kill|stab|shoot|strangle|hurt|murder)\s+{_THEM}\b",
    ),
    (
        HARM_TO_OTHERS,
        r"\b(?:got|have|bought|carry|bring|keep)\s+(?:a|my|the)\s+(?:knife|gun)\b[^.?!]{0,40}\b(?:him|her|them|next time|if he|if she|use it)\b",
    ),
    (HARM_TO_OTHERS, rf"\b(?:i|i've|i have)\s+(?:\w+\s+)?(?:hit|punched|slapped|choked|shook)\s+{_THEM}\b"),
    (
        HARM_TO_OTHERS,
        rf"\b(?:thoughts?|thinking|thought|images?|urges?)\s+(?:of|about|to)\s+(?:kill|stab|shoot|strangl|hurt|harm|smother|drown)\w*\s+{_THEM}\b",
    ),
    (ABUSE, r"\b(?:molest\w*|sexual(?:ly)? abus\w*|raped|rape|sexually assault\w*|abus(?:ed|ing) (?:me|her|him|the kids|my))\b"),
    (
        ABUSE,
        r"\b(?:touched|touches|touching)\s+(?:me|her|him)\s+(?:\w+\s+){0,3}(?:where|down there|when i was|at night|sexually|under)\b",
    ),
    (
        ABUSE,
        rf"\b(?:dad|father|mum|mom|mother|stepdad|stepfather|uncle|grandad|carer|nurse|foster \w+|step ?mum|step ?mom)\s+(?:\w+\s+){{0,3}}{_HIT}\s+(?:me|us|him|her|them|the kids|my (?:brother|sister|mum|mom|mother|dad|father|gran|grandad)){_GAMES}\b",
    ),
    (ABUSE, r"\b(?:locks?|locked)\s+(?:me|us|her|him|the kids|them)\s+(?:in|out|up)\b"),
    (ABUSE, r"\bdid\s+(?:\w+\s+)?things to (?:me|her|him)\b"),
    (PARTNER_VIOLENCE, rf"\b{_PARTNER}\s+(?:\w+\s+){{0,2}}{_HIT}\s+(?:me|us|things at me)\b{_GAMES}"),
    (
        PARTNER_VIOLENCE,
        rf"\b{_PARTNER}\s+(?:\w+\s+)?(?:forc(?:es|ed)|makes|made)\s+(?:me\s+(?:to\s+|into\s+)?(?:have |having )?sex|(?:himself|herself) on me)\b",
    ),
    (
        PARTNER_VIOLENCE,
        r"\bviolent\s+(?:with|to|towards?|against)\s+(?:me|us|the kids|her|him)\b|\b(?:he|she|my (?:husband|wife|partner|boyfriend|girlfriend|ex))\s+(?:\w+\s+)?threaten(?:s|ed)\s+(?:me|us)\b",
    ),
    (
        PARTNER_VIOLENCE,
        r"\b(?:hands? (?:round|around|on) my (?:throat|neck)|grabbed me by the|pinned me|held me down|black eye|bruises? (?:on|all over|up) my|(?:i'm|i am|i was|im) (?:scared|afraid|frightened|terrified) of (?:him|her|my (?:husband|wife|partner|boyfriend|girlfriend))(?!\s+(?:being (?:late|ill|lonely|sad|disappointed)|moving|leaving|dying|failing)\b))\b",
    ),
    (
        PARTNER_VIOLENCE,
        r"\b(?:won't|wont|doesn't|does not|never) let(?:s)? me (?:leave|out|go out|see my|have my (?:phone|money)|talk to)\b",
    ),
    (
        PARTNER_VIOLENCE,
        rf"\b{_PARTNER}(?:'ll| will|'d| said (?:he|she)(?:'ll|'d)| threatened to| says (?:he|she)(?:'ll|'d))\s+(?:kill|hurt)\s+(?:me|us|the kids|himself|herself|the dog)\b",
    ),
    (
        PARTNER_VIOLENCE,
        rf"\b{_PARTNER}\s+(?:\w+\s+)?(?:throws?|threw)\s+(?!(?:\w+\s+){{0,2}}(?:looks?|glances?|smiles?|questions?)\b)(?:\w+\s+){{1,3}}at me\b",
    ),
    (PARTNER_VIOLENCE, r"\bdomestic (?:violence|abuse)\b"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)


def kinds(text: str) -> tuple[str, ...]:
    """The kinds of risk language in `text`, without repeats, in a fixed order."""
    plain = plain_letters(text)
    return tuple(dict.fromkeys(kind for kind, pattern in _COMPILED if pattern.search(plain)))


def ends_joint_work(found: Iterable[str]) -> bool:
    """Whether advice for partners together must stop for the whole session."""
    return PARTNER_VIOLENCE in found
