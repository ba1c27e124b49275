"""Masking by rule, without any optional package: what has a form goes, and what only looks like it stays."""

import time

import pytest

from rupture.masking import rules
from rupture.masking.spans import Kind, joined
from rupture.privacy.masking import mask_session, with_masks

HIDDEN = {
    "EMAIL": """
        write to [jo.smith@example.org] today
        it's [jo dot smith at gmail dot com] all one word
        [anna seven two at mail dot example dot com] please
        [O'NEIL+KIDS@EXAMPLE.CO.UK]
    """,
    "LINK": """
        it is on [https://example.org/a?b=1] now
        see [www.example.com] or ask
        go to [www dot quiet river dot org slash jo] he said
        there's [quietriver.co.uk/forum] for that
    """,
    "HANDLE": """
        I'm [@jo_smith] on there
        he is [u/throwaway123] there
        my username is [quietriver], don't laugh
        add [jo#4821] on it
        find [jo_and_the_dog] online
    """,
    "PHONE": """
        call [0044 20 7946 0958].
        my number is [07911 123456]
        ring me on [(212) 555-0147 ext 12]
        text [oh seven nine one one one two three four five six]
    """,
    "NUMBER": """
        my social is [123-45-6789]
        NI number [QQ 12 34 56 C]
        the card, [4929 1234 5678 9012], was gone
        it goes to [GB29 NWBK 6016 1331 9268 19]
        MRN [00482913] on the form
        his reg is [AB12 CDE]
        the address was [192.168.0.12]
        card ending in [4821]
        the case number is [CR-48213]
        it was [a b one two three four five six c]
        device [SN4821993], on the pump
    """,
    "POSTCODE": """
        it's [SW1A 1AA], you know
        at [sw1a 1aa] then
        in [K1A 0B1] somewhere
        zip code [90210]
    """,
    "ADDRESS": """
        at [12 Old Mill Road], then
        we had [Flat 3b] first
        on [Hawthorn Close] near the park
        over on [hawthorn road]
        it goes to [PO Box 123]
        it's [forty two old mill lane]
    """,
    "DATE": """
        since [12 March 2021] and after
        the [3rd of May] it was
        it was [the third of may nineteen eighty four]
        on [12/03/1984], at 9
        he left [last Tuesday]
        we said [next friday]
        see you [Tuesday week]
        it was [a week last Monday]
        in [September]
        since [March]
        in [May] we split up
        due on [the 14th]
        on [Christmas Eve]
        dob [3 5 84]
        on [2024-03-12]
    """,
    "AGE": """
        I'm [34].
        she was [forty two] when it started
        a [34-year-old] man
        he's [ninety-three years old]
        I turned [forty] in there
        a [six weeks old] baby
        aged [16]
        on my [fiftieth] birthday
    """,
}
LEFT = """
    turn 12, Client: It was 3 of 5.
    I may march on, will you?
    This may sound silly but I will say grace.
    The rose is in May's garden, hope dies last, and I marched.
    I'm 10 minutes late and she was two hours late.
    About 20 percent, or 3 out of 10, call it 7.
    I took 20mg at 10am in the 1990s.
    Breathe in, one two three four five six seven.
    Three or four times a week for two or three years.
    We met on Tuesdays, at half past ten.
    On the first day, at the end of the road.
    I walked down the street, past the long drive.
    It cost £12,500, that's 10000 pounds.
    I look at it and I handle it in the end.
    He passed my account of it on, the card was lovely.
    I was in a bad place, on the wrong way.
    It was on point. At that point I left.
    The doctor said I miss her. My nurse was kind.
    I called him names, and the dog is called often.
    I forget dates; the second of the two; a third time.
    You said "one of them", two of us, nine lives, covid19, A4 paper, year 11.
    I need a number. The number is small. It is a record for me.
    We reached the summit in the end; the court ordered it.
"""


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def found(text):
    return joined(rules.find([text])[0])


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, text in HIDDEN.items() for line in lines(text)])
def test_what_has_a_form_is_found_whole(kind, line):
    before, _, rest = line.partition("[")
    value, _, after = rest.partition("]")
    stretches = found(before + value + after)
    covered = {place for one in stretches for place in range(one.start, one.end)}
    assert set(range(len(before), len(before) + len(value))) <= covered, stretches
    # The stretch that begins where the value does may begin with a `the` before it, and ends where the value ends.
    assert max(covered) == len(before) + len(value) - 1, stretches
    assert min(covered) >= len(before) - len("the ")
    assert kind in {one.kind for one in stretches}


@pytest.mark.parametrize("line", lines(LEFT))
def test_what_only_looks_like_it_is_left(line):
    assert [line[one.start : one.end] for one in found(line)] == []


@pytest.mark.parametrize("line", lines(LEFT))
def test_it_is_left_in_lower_case_and_in_capitals_too(line):
    for said in (line.lower(), line.upper()):
        assert [said[one.start : one.end] for one in found(said) if one.kind is not Kind.POSTCODE] == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Dr. Okafor and Mrs Jean Lee", "Dr. [NAME_1] and Mrs [NAME_2] [NAME_3]"),
        ("My name is Ada and my boy is called Kit.", "My name is [NAME_1] and my boy is called [NAME_2]."),
        ("i saw dr okafor", "i saw dr [NAME_1]"),
        ("Dr Okafor's letter, OKAFOR'S pen", "Dr [NAME_1]'s letter, [NAME_1]'S pen"),
    ],
)
def test_names_that_their_surroundings_give_away(text, after):
    assert with_masks(text, mask_session([text], plain=True)[0]) == after


OPENINGS = (
    *(
        "a@",
        "a.",
        "www.a",
        "a dot ",
        "jo underscore ",
        "my pin is ",
        "account ",
        "1 ",
        "1-",
        "1:",
        "one ",
        "a b 1 ",
        "ab12 ",
        "@a",
        "u/a",
    ),
    *(
        "12 old ",
        "flat ",
        "third of ",
        "may the ",
        "i'm ",
        "born 1 ",
        "dr a",
        "my name is a",
        "call me on 1",
        "the 1",
        "SW1A ",
        "£1,",
        "a'",
    ),
)
TAILS = ("a", "1", " ", ".", "a.", "1 ", "1-", "one ", "a b ", "dot a ", "-", "_a", ": ", "'s ", ",")


def attacks(length):
    for opening in OPENINGS:
        for tail in TAILS:
            yield (opening + tail * length)[:length]


def work(rule, text):
    """Processor time of the quickest of three searches, so that what else the machine does hardly counts."""
    times = []
    for _ in range(3):
        start = time.process_time()
        list(rule.find(text))
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("place", range(len(rules.RULES)))
def test_no_text_makes_a_rule_slower_than_its_length(place):
    # Sixteen times the text: linear work grows 16 times, quadratic 256 times, and the line lies between them.
    rule = rules.RULES[place]
    for short, long in zip(attacks(250), attacks(4_000), strict=True):
        assert work(rule, long) < 64 * max(work(rule, short), 5e-5), long[:40]
