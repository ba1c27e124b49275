"""Complaints of bias by fixed patterns: the floor under what `learned_care` notices. What is noticed is never given another
reading."""

import re

_WHO = (
    r"black|brown|asian|gay|lesbian|bi|queer|trans|woman|muslim|jewish|hindu|sikh|disabled|deaf|blind|autistic|old|young|fat"
    r"|foreign|foreigner|poor|immigrant"
)
_BIAS = re.compile(
    r"\b(?:racis\w*|sexis\w*|homophob\w*|transphob\w*|islamophob\w*|antisemit\w*|ableis\w*|ageis\w*|xenophob\w*|prejudice\w*"
    r"|bigot\w*|stereotyp\w*|discriminat\w*|microaggress\w*|white (?:therapists?|people|person|woman|man|guy|lady)"
    rf"|(?:because|cause|cos) i(?:'m| am) (?:an? )?(?:{_WHO})|people like me|you people|misgender\w*|pronouns"
    r"|(?:my|our) (?:accent|skin|race|religion|culture|hijab|turban))\b",
    re.IGNORECASE,
)


def complains_of_bias(text: str) -> bool:
    """Whether the words speak of unfair treatment for who the person is."""
    return bool(_BIAS.search(text.replace("’", "'")))
