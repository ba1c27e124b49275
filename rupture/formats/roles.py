"""The role of each speaker: from the label when it says so, else from how they talk; with the reason in plain words."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from rupture.formats.english import words
from rupture.formats.parsed import Utterance
from rupture.transcript import Role

_THERAPIST = """
therapist cotherapist psychotherapist counselor counsellor clinician psychologist psychiatrist psychoanalyst analyst doctor dr doc
physician gp nurse provider practitioner interviewer helper worker coach facilitator moderator assistant hypnotherapist ther coun
interventionist
"""
_CLIENT = """
client patient interviewee respondent participant analysand counselee user caller wife husband spouse partner mother father mom
mum dad mommy daddy mam parent son daughter child kid teen brother sister grandmother grandfather grandma grandpa nan aunt uncle
boyfriend girlfriend fiance fiancee pat
"""
_OTHER = """
interpreter translator observer receptionist supervisor supervisee trainer student researcher narrator system operator staff
visitor transcriber recorder technician announcer
"""
_LETTERS = {
    **dict.fromkeys(("t", "th", "i", "q", "co"), Role.THERAPIST),
    **dict.fromkeys(("c", "cl", "p", "pt", "r"), Role.CLIENT),
    "int": Role.OTHER,
}
_WORDS = {
    **dict.fromkeys(_CLIENT.split(), Role.CLIENT),
    **dict.fromkeys(_THERAPIST.split(), Role.THERAPIST),
    **dict.fromkeys(_OTHER.split(), Role.OTHER),
}
_NAMELESS = frozenset(("unknown", "unidentified", "inaudible", "unclear", "unspecified"))
_NUMBERED = frozenset(("speaker", "spk", "person", "voice", "guest", "male", "female"))
_PRECEDENCE = (Role.OTHER, Role.THERAPIST, Role.CLIENT)

_DIGITS = re.compile(r"[\d_.\-# ]{1,40}$")
_ALPHABETIC = re.compile(r"[^\W\d_]+")
_QUESTION_WORDS = "what how why when where who which do does did is are was were can could would will have has any tell anything"
_ASKS = frozenset(_QUESTION_WORDS.split())
_FIRST = 0.1
"""What speaking first adds to looking like the therapist."""
_CLOSE = 0.15
"""Difference below which a guess is called close."""


def label_key(label: str) -> str:
    """What two spellings of one speaker share: `Therapist`, `THERAPIST` and full-width letters are one label."""
    plain = unicodedata.normalize("NFKC", label)
    return " ".join("".join(ch for ch in plain if unicodedata.category(ch) != "Cf").casefold().split())


def known_role(label: str) -> Role | None:
    """The role a label names by itself (`T`, `C2`, `Dr. Smith`, `Anna (client)`), or None."""
    key = label_key(label).replace("-", "")
    letters = _DIGITS.sub("", key)
    if letters in _LETTERS:
        return _LETTERS[letters]
    named = {_WORDS[word] for word in _ALPHABETIC.findall(key) if word in _WORDS}
    return next((role for role in _PRECEDENCE if role in named), None)


def is_nameless(label: str) -> bool:
    """Whether a label says that the transcriber did not know who spoke: `???`, `Unknown speaker`."""
    found = _ALPHABETIC.findall(label_key(label))
    return not found or any(word in _NAMELESS for word in found)


def is_speaker_word(label: str) -> bool:
    """Whether a label can only be a speaker's: it names a role, or is a machine's `Speaker 3`."""
    found = _ALPHABETIC.findall(label_key(label))
    return known_role(label) is not None or is_nameless(label) or any(word in _NUMBERED for word in found)


def guess_roles(utterances: Sequence[Utterance]) -> tuple[dict[str, Role], dict[str, str]]:
    """The role of each speaker in `utterances` and why, both by label."""
    speakers = list(dict.fromkeys(u.speaker for u in utterances))
    roles: dict[str, Role] = {}
    reasons: dict[str, str] = {}
    for speaker in speakers:
        given = next((u.role for u in utterances if u.speaker == speaker and u.role), None)
        role = known_role(given) if given else None
        if role is None and (role := known_role(speaker)):
            given = None
        if role is None and is_nameless(speaker):
            role, reasons[speaker] = Role.OTHER, "the label does not say who spoke: left out; set the role if you know it"
        if role is not None:
            roles[speaker] = role
            reasons.setdefault(speaker, f"the input gives the role {role}" if given else f"label says {role}")
    unknown = [speaker for speaker in speakers if speaker not in roles]
    for speaker, (role, reason) in _guessed(unknown, set(roles.values()), utterances).items():
        roles[speaker], reasons[speaker] = role, reason
    return roles, reasons


def _guessed(unknown: list[str], named: set[Role], utterances: Sequence[Utterance]) -> dict[str, tuple[Role, str]]:
    if {Role.THERAPIST, Role.CLIENT} <= named:
        why = "label unknown, and a therapist and a client are already named: left out; set the role if this is wrong"
        return dict.fromkeys(unknown, (Role.OTHER, why))
    if Role.THERAPIST in named:
        return dict.fromkeys(unknown, (Role.CLIENT, "label unknown: taken as client because the therapist is already named"))
    if len(unknown) == 1 and Role.CLIENT in named:
        return {unknown[0]: (Role.THERAPIST, "label unknown: taken as therapist because the client is already named")}
    if len(unknown) == 1:
        return {unknown[0]: (Role.CLIENT, "label unknown: taken as client because nobody else speaks")}
    return _by_talk(unknown, utterances, rest=Role.OTHER if Role.CLIENT in named else Role.CLIENT)


def _by_talk(unknown: list[str], utterances: Sequence[Utterance], rest: Role) -> dict[str, tuple[Role, str]]:
    """Of several unknown speakers, the one who asks most and talks least is taken as the therapist."""
    if not unknown:
        return {}
    scores = therapist_likeness([u for u in utterances if u.speaker in unknown])
    first, second = sorted(unknown, key=lambda speaker: -scores[speaker])[:2]
    doubt = "; the two are close, so check it" if scores[first] - scores[second] < _CLOSE else ""
    others = f"label unknown: taken as {rest} because somebody else asks more of the questions{doubt}"
    why = f"label unknown: taken as therapist because this speaker asks most questions for the words spoken{doubt}"
    return dict.fromkeys(unknown, (rest, others)) | {first: (Role.THERAPIST, why)}


def therapist_likeness(utterances: Sequence[Utterance]) -> Mapping[str, float]:
    """For each speaker: share of turns that ask, less the share of all words, and a little for speaking first."""
    total = sum(len(u.text.split()) for u in utterances) or 1
    marked = any("?" in u.text for u in utterances)
    scores = {}
    for speaker in dict.fromkeys(u.speaker for u in utterances):
        texts = [u.text for u in utterances if u.speaker == speaker and u.text]
        asking = sum("?" in text if marked else _starts_asking(text) for text in texts) / (len(texts) or 1)
        scores[speaker] = asking - 0.5 * sum(len(text.split()) for text in texts) / total
    scores[utterances[0].speaker] += _FIRST
    return scores


def _starts_asking(text: str) -> bool:
    return any(word in _ASKS for word in words(text[:60])[:2])
