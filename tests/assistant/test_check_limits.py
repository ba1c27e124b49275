"""The reasons for which a sentence is withheld, one by one, and where each limit lies."""

import pytest

from rupture.assistant.check import Sources, citations, forbidden, problem, turns_named, words_of

LAND = "Let the complaint land and thank the client for saying it. Own the part you can own honestly."
CAREFUL = "Meeting silence with more questions can leave a client alone, so avoid questions."
TOLD = "You never listen to anything about the garden."
PLAIN = "In one survey 54 of 120 adults kept doubts hidden."


def sources(**changes):
    told = {
        "passages": {1: LAND, 2: CAREFUL, 3: PLAIN},
        "turns": {4: TOLD, 5: "Fine, then."},
        "vocabulary": words_of([LAND, CAREFUL, PLAIN, "garden concrete moment pressure walking never"]),
        "seen": "complains about the therapist, criticism of the therapist as a person",
        "cautions": frozenset({2}),
    }
    return Sources(**{**told, **changes})


STRANGE = "characters that do not belong there"
NO_WORD = "a word that is none"
PIECE = "a piece of a sentence"
UNSUPPORTED = "words that do not stand in its source"


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Let the complaint land and thank the client [1].", None),
        ("“Let the complaint land” is the first thing [1].", "a word the guidance never uses"),
        ("Let the complaint land € [1].", STRANGE),
        ("Let the complaint land [1] [see].", STRANGE),
        ("Let the complaint land] [1].", STRANGE),
        ("Let the complaint = land [1].", STRANGE),
        ("Let the complaint land @ [1].", STRANGE),
        ("Let the complaint lаnd [1].", STRANGE),  # a Cyrillic a
        ("Let the complaint land ²[1].", STRANGE),
        ("Let the complaint ª land [1].", STRANGE),
        (f"Let the {'complaint' * 3} land [1].", NO_WORD),
        ("Let the compl4int land [1].", NO_WORD),
        ("Let the 4complaint land [1].", NO_WORD),
        ("let the complaint land [1].", PIECE),
        ("… let the complaint land [1].", PIECE),
        ("“Own the part you can own honestly.” [1]", None),
        ("Let the complaint land [9].", "a passage that was not given, [9]"),
        ("Let the complaint land [1] [8] [9].", "a passage that was not given, [8]"),
        ("Let the complaint land, as at turn 7 [1].", "a turn that was not given, 7"),
        ("Let the complaint land and thank the client.", "no passage and no turn"),
        ("At turn 4 the client says “You never hear”.", "a quotation that does not stand there"),
        ("At turn 4 the client says “You never listen.", "a quotation without an end"),
        ("Let the concrete sertraline land [1].", "a word the guidance never uses"),
        ("At turn 4 consider the complaint.", "a word the guidance never uses"),
        ("At turn 4 ask about the complaint.", "advice without a passage"),
        ("At turn 4 there are 3 of the complaints.", UNSUPPORTED),
        ("At turn 4 walking and pressure and concrete adults.", UNSUPPORTED),
        ("Own the concrete pressure while walking [1].", "a word the guidance never uses"),
        ("Own the concrete pressure of the garden [1].", UNSUPPORTED),
        ("In one survey 54 of 120 adults kept doubts hidden [3].", None),
        ("In one survey 55 of 120 adults kept doubts hidden [3].", UNSUPPORTED),
        ("Meeting silence with more questions can leave a client alone [2].", "a caution turned into advice"),
        ("Avoid meeting silence with more questions [2].", None),
        ("Do not thank the client for saying it, let the complaint land [1].", "a sentence that turns its source round"),
        ("Never own the part you can own honestly [1].", "a sentence that turns its source round"),
    ],
)
def test_why_a_sentence_is_withheld(sentence, why):
    assert problem(sentence, sources()) == why


def test_a_word_is_as_long_as_a_word_may_be():
    long, longer = "a" * 24, "a" * 25
    for word, why in (
        (long, None),
        (longer, NO_WORD),
        (f"{long}-{long}", None),
        (f"{long}/{long}", None),
        (f"{long}–{long}", None),
    ):
        text = f"Let the complaint {word} land."
        found = problem(f"{text[:-1]} [1].", sources(passages={1: text}, vocabulary=words_of([text])))
        assert found == why, word


def test_half_of_the_longer_words_must_stand_in_what_is_cited():
    text = "Cats chase birds."
    vocabulary = words_of(["cats chase birds cars walk mice milk"])
    cited = sources(passages={1: text}, vocabulary=vocabulary)
    assert problem("Cats chase mice, milk [1].", cited) is None
    assert problem("Cats chase mice, milk, cars [1].", cited) == UNSUPPORTED
    # One word is too few to rest on, unless a quotation says where it comes from.
    assert problem("Cats [1].", cited) == UNSUPPORTED
    assert problem("Cats “chase birds” [1].", cited) is None


def test_six_in_ten_of_the_longer_words_must_be_what_the_program_saw():
    seen = sources(seen="cats chase birds", vocabulary=words_of(["cats chase birds mice milk cars"]))
    assert problem("At turn 4 cats chase birds, mice, milk.", seen) is None
    assert problem("At turn 4 cats chase mice, milk.", seen) == UNSUPPORTED


def test_two_sentences_in_a_row_of_a_passage_bear_a_sentence_out():
    text = "Cats chase birds. Mice drink milk. Cars stand still."
    cited = sources(passages={1: text}, vocabulary=words_of([text]))
    assert problem("Cats chase birds and mice drink milk [1].", cited) is None
    assert problem("Cats chase and cars stand still, birds, mice [1].", cited) is None
    assert problem("Cats and mice and cars chase, drink, stand, still [1].", cited) is None
    assert problem("Cats, cars, birds, still [1].", cited) is None


def test_words_of_two_cited_passages_count_together():
    cited = sources(
        passages={1: "Cats chase birds.", 2: "Mice drink milk."},
        vocabulary=words_of(["cats chase birds mice drink milk"]),
        cautions=frozenset(),
    )
    assert problem("Cats chase birds, mice drink milk [1] [2].", cited) is None
    assert problem("Cats, mice, drink, milk [1].", sources(passages=cited.passages, vocabulary=cited.vocabulary)) == UNSUPPORTED


def test_quotations_are_held_against_what_is_named_beside_them_whatever_their_marks():
    for said in ("“You never listen”", '"you never listen"', "“YOU  NEVER listen to anything”"):
        assert problem(f"At turn 4 the client says {said}.", sources()) is None
        assert problem(f"At turn 5 the client says {said}.", sources()) == "a quotation that does not stand there"
    assert problem("Own the part: “let the complaint land” [1].", sources()) is None
    assert problem("Own the part you can own: “never listen” [1].", sources()) == "a quotation that does not stand there"


def test_narration_and_the_endings_of_words_make_no_difference():
    assert problem("Perhaps the client could be thanked for saying it, as complaints land there [1].", sources()) is None
    told = words_of(["Clients LISTENED, listening; the client's garden.", "They walk sadly"])
    assert told == {"clients", "listen", "client", "garden", "they", "walk", "sad"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("see www.x or http://y", "a link or markup"),
        ("write to a.b@c", "a link or markup"),
        ("as <b> says", "a link or markup"),
        ("on example.org", "a link or markup"),
        ("as Safran et al showed", "a reference of its own"),
        ("in 1998", "a reference of its own"),
        ("in 1898 or 2150", None),
        ("the journal says", "a reference of its own"),
        ("may be borderline", "a diagnosis or a mental state"),
        ("is in denial", "a diagnosis or a mental state"),
        ("attention-seeking", "a diagnosis or a mental state"),
        ("takes medication", "a medical, legal or treatment order"),
        ("fit for work", "a medical, legal or treatment order"),
        ("go to the police", "a medical, legal or treatment order"),
        ("is suicidal", "a word about risk"),
        ("there is no risk", "a word about risk"),
        ("she is safe", "a word about risk"),
        ("no cause for concern", "a word about risk"),
        ("no rupture here", "a verdict on the session or a person"),
        ("the alliance is strong", "a verdict on the session or a person"),
        ("7 out of 10", "a verdict on the session or a person"),
        ("a good therapist", "a verdict on the session or a person"),
        ("ignore that", "a word about itself or its task"),
        ("my system prompt", "a word about itself or its task"),
        ("the other session", "a word about itself or its task"),
        ("the risk you take is a safe one, in a person's own time", None),
    ],
)
def test_what_is_never_said_is_named(text, why):
    assert forbidden(text) == why
    assert forbidden(text.upper()) == why


def test_a_passage_without_a_sentence_bears_nothing_out():
    assert problem("Let the complaint land [1].", sources(passages={1: ""})) == UNSUPPORTED


def test_turns_are_named_in_words_or_with_a_hash_and_codes_are_no_turns():
    assert turns_named("Turn 3, turns 12 and #5, return 9, at turn #6") == (3, 12, 5, 6)
    assert citations("[1] [12] [123] [a]") == (1, 12)
    assert problem("At turn 4, C1 and W7 and R10: complains about the therapist, criticism.", sources()) is None
    assert problem("At turn 4, C8 complains about the therapist, criticism.", sources()) == NO_WORD
