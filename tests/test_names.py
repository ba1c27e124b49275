"""Names are taken out before anything is encoded, and nothing else is."""

from rupture.names import Words, names_of, without_names, words_of
from rupture.transcript import Role, Transcript, Turn


def said(*texts):
    return without_names([Turn(i, "C", Role.CLIENT, text) for i, text in enumerate(texts)])


def test_a_name_inside_a_sentence_is_replaced_wherever_it_stands():
    assert said("Morning, Oluwaseun.", "Oluwaseun? That is what Mrs Okafor calls me.") == [
        "Morning, Sam.",
        "Sam? That is what Sam calls me.",
    ]


def test_a_possessive_keeps_its_ending():
    assert said("It was at Kofi's place.", "Mm.") == ["It was at Sam's place.", "Mm."]


def test_the_first_person_and_sentence_starts_stay():
    words = ["Well, I don't know. I'm tired.", "Yes. Maybe."]
    assert said(*words) == words


def test_a_word_that_is_also_said_in_lower_case_is_no_name():
    assert said("So, Will you come?", "I will.") == ["So, Will you come?", "I will."]


def test_lower_case_transcripts_and_shouting_are_left_alone():
    words = ["so maria said no", "I said NO to her"]
    assert said(*words) == words


def test_two_sessions_that_differ_in_names_read_the_same():
    talk = ("Hello, {0}. How is {1}?", "{1} is fine, she saw Dr {2}.")
    one, other = (
        [line.format(*names) for line in talk] for names in (("Emily", "Jack", "Ng"), ("Ji-eun", "DeShawn", "O'Dela Cruz"))
    )
    assert said(*one) == said(*other)


def test_a_clause_cut_out_for_evidence_is_read_without_the_names_of_its_session():
    from rupture.analysis import Finding
    from rupture.evidence import locate
    from rupture.fakes import ScriptedDetector
    from rupture.transcript import Transcript

    text = "I went to see Kofi about the whole thing, Kofi said you never listen."
    turns = (Turn(0, "T", Role.THERAPIST, "And Kofi?"), Turn(1, "C", Role.CLIENT, text))
    scores = {"I went to see Sam about the whole thing,": {"C1": 0.1}, "Sam said you never listen.": {"C1": 0.9}}
    (found,) = locate(ScriptedDetector(scores), Transcript("t", turns), [Finding(1, ("C1",))])
    assert [text[slice(*span)] for span in found.evidence] == ["Kofi said you never listen."]


def test_a_turn_that_stands_alone_is_left_to_who_cut_it_out():
    assert said("she said, You never listen") == ["she said, You never listen"]


def labelled(*labels, text="Well, said I."):
    return names_of(Transcript("t", tuple(Turn(i, label, Role.CLIENT, text) for i, label in enumerate(labels))))


def test_labels_that_say_what_somebody_is_or_that_everybody_says_are_no_names():
    assert (
        labelled("You", "Me", "Mum", "Dad", "Therapist", "Co-Therapist", "Speaker 2", "Others", "THEY", "Mrs", "Client's mother")
        == []
    )


def test_of_a_label_the_name_is_left():
    assert labelled("Dr. Okafor", "Anna (mother)", "Uncle Bob", "You and Kofi") == ["Anna", "Bob", "Kofi", "Okafor"]


def test_names_that_are_also_words_stay_names():
    assert labelled("Pat", "Will", "Hope", "Nan") == ["Hope", "Nan", "Pat", "Will"]


def test_a_word_that_everybody_says_is_no_name_inside_a_sentence_either():
    assert labelled("T", "C", text="I said, You never told Mum about Kofi.") == ["Kofi"]


def test_words_gathered_turn_by_turn_tell_the_same_names_as_all_at_once():
    texts = ["So, Will and Priya came?", "Hope did. I will too.", "And then Priya left."]
    gathered = Words()
    for text in texts:
        gathered |= words_of([text])
    assert gathered == words_of(texts)
    assert gathered.names == {"Priya"}
    assert words_of(texts[:1]).names == {"Will", "Priya"}
