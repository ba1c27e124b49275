"""Risk language: sentences that must be noticed, sentences that must not, and patterns that no text can make slow.

The layer errs towards noticing. `OVER_NOTICED` says which innocent sentences pay for that, so that a change is seen.
"""

import re
import time

import pytest

from rupture.analyse import notices
from rupture.analysis import RiskNotice
from rupture.privacy import risk
from rupture.privacy.care import by_patterns
from rupture.privacy.risk import ends_joint_work, kinds
from rupture.transcript import Role, Transcript, Turn

NOTICED = {
    "self_harm": """
        I want to kill myself.
        I've been thinking about killing myself again.
        Some days I just want to die.
        I wish I was dead.
        I wish I'd never been born.
        I don't want to be here anymore.
        I don’t want to wake up tomorrow.
        What's the point of living like this?
        I can't see any reason to go on living.
        They'd all be better off without me.
        Everyone would be better off if I wasn't here.
        I took a load of tablets on Friday.
        I took an overdose last year.
        I started cutting myself again.
        I was self-harming at school.
        I have been having suicidal thoughts.
        I thought about ending my life.
        I just want to end it all.
        I nearly drove into a tree on the way here.
        I keep thinking about jumping off the bridge.
        I'd like to go to sleep and not wake up.
        I've written a goodbye letter to the kids.
        I tried to hang myself when I was nineteen.
        Have you had any thoughts of suicide?
        Are you thinking of harming yourself?
        I'd be better off dead.
        Maybe I should just kill myself, then they'd listen.
        I don't want to live any more.
        I do not want to exist.
        I've thought about topping myself, if I'm honest.
        Lately I think about not being here.
        It'd be fine if I just didn't wake up one day.
        My kids would be fine without me.
        I'd be driving and thinking, I could go into the wall. I could drive into a wall.
    """,
    "harm_to_others": """
        I'm going to kill him if he comes back.
        I swear I'll stab her.
        I want to hurt my dad, I really do.
        I'm gonna strangle my boss one of these days.
        I've got a knife under the bed and next time I'll use it.
        I bought a gun, and if he touches her again he's done.
        I slapped my daughter on Sunday.
        I shook the baby.
        I hit her and I can't take it back.
        I could kill someone when I'm like that.
        I punched my brother in the face.
        I get these thoughts of hurting the baby.
        I keep having urges to stab people.
        I'm going to hurt the kids if this goes on.
    """,
    "abuse": """
        My uncle touched me when I was nine.
        He was molesting her for years.
        I was sexually abused as a child.
        I was raped at university.
        My dad used to beat us with a belt.
        My stepdad hit me most weekends.
        Mum locked us in the shed.
        He touched her under the table.
        The carer slapped my mother.
        She abused me for years.
        My father burned me with a cigarette.
        My grandad did things to me.
        My mother would always hit my brother.
    """,
    "partner_violence": """
        He hit me again on Saturday.
        My husband pushed me down the stairs.
        She throws plates at me when she's drunk.
        He's had his hands round my throat.
        He won't let me leave the house.
        I'm scared of my husband.
        He said he'd kill me if I left.
        He says he'll hurt himself if I go.
        She punched me in the ribs.
        He choked me until I passed out.
        My boyfriend grabbed me by the hair.
        There were bruises on my arms.
        It's domestic violence, isn't it.
        He doesn't let me have my phone.
        He shoved me against the wall.
        My ex threatened to kill the dog.
        He kicked me in front of the kids.
        I'm afraid of him.
        He forced himself on me.
        She's been violent towards me for years.
        My wife threatened me with a knife.
        My husband will kill me if I tell anyone.
        He hits me to shut me up.
        He pushed me to the floor.
        She beats me at home, never where people see.
    """,
}

NOT_NOTICED = """
    This job is killing me.
    My feet are killing me.
    My boss will kill me if I'm late.
    I could kill for a cup of tea.
    I nearly died of embarrassment.
    I'm dead tired.
    It was a dead end.
    I died laughing.
    That film is to die for.
    I'd rather stick pins in my eyes than go to that party.
    We hung out at my sister's.
    I shot myself in the foot with that email.
    She's a drama queen, I could have strangled the printer.
    I cut my finger chopping onions.
    I cut down to ten cigarettes.
    I burned the dinner.
    I was hanging by a thread at work.
    I don't want to be here, the court sent me.
    I don't want to be at that job anymore.
    What's the point of this exercise?
    Is there any point in going on with the diary?
    I can't go on with this diary.
    The end of it all was that we missed the train.
    I want to end the session early.
    I want to end my marriage.
    They'd be better off with a new manager.
    My kids are fine without me at weekends.
    I wake up at four and can't get back to sleep.
    I close my eyes and count to ten.
    I drive past the bridge every morning.
    I walked into the wall in the dark, what an idiot.
    He hit the roof when he saw the bill.
    She hit on me at the party.
    He beats me at chess every time.
    My wife pushed me to come here.
    My partner pushes me to talk about feelings.
    My sister hits the gym.
    That song hits me every time.
    He threw a party for me.
    She threw a look at me.
    It hit me that I'd never asked.
    I hit the brakes.
    I punched in the wrong code.
    I have a knife block that my aunt gave me.
    We bought a new bread knife.
    I was afraid of him being late again.
    I'm scared of my driving test.
    She touched me with what she said.
    I was touched by her letter.
    He locked himself in the bathroom to read.
    I locked the keys in the car.
    I'm going to kill it at that interview.
    I'm going to murder that pizza.
    We killed time in a café.
    The kids drove me up the wall.
    I took my pills this morning.
    The train jumped the signal.
    I wrote a goodbye card for my colleague.
    He won't let me down.
    She won't let me win at cards.
    He won't let me talk about football.
    It was murder getting parked.
    I lost my life savings.
    My dad beat cancer.
    Mum hit the bottle after that.
    My uncle kicked the habit.
    My dad beats me at golf.
    She slapped a parking ticket on us.
    I was abusing the snooze button.
    It felt like an attack when you said that.
    I'm frightened of him moving away.
    I wish I was better at this.
    I wish I were here more often.
    I'd rather be dead honest with you.
    I want the dead leaves gone.
    He said he'd kill it with bleach.
    I'm thinking about not being here next week.
    The council threatened us with a fine.
    He made me laugh at the worst moment.
    I topped up my phone.
    She was never born to be a nurse.
    He's a violent reader of maps.
    The doctor touched on it.
"""

OVER_NOTICED = {
    "I hurt myself lifting the sofa.": "self_harm",
    "She'd hurt herself at netball.": "partner_violence",
    "She'll kill me if she finds the receipts.": "partner_violence",
    "He pushed me into a corner with that question.": "partner_violence",
    "She burns me with her sarcasm.": "partner_violence",
}


def sentences(text):
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("kind", "sentence"), [(kind, s) for kind, text in NOTICED.items() for s in sentences(text)])
def test_noticed(kind, sentence):
    assert kind in kinds(sentence)


@pytest.mark.parametrize("sentence", sentences(NOT_NOTICED))
def test_not_noticed(sentence):
    assert kinds(sentence) == ()


@pytest.mark.parametrize(("sentence", "kind"), OVER_NOTICED.items())
def test_noticed_although_innocent(sentence, kind):
    assert kind in kinds(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["I WANT TO DIE", "i don’t want to be here anymore", "i don‘t want to be here anymore", "so, um, I want\nto kill   myself"],
)
def test_case_curly_quotes_and_white_space_make_no_difference(sentence):
    assert kinds(sentence) == ("self_harm",)


def test_each_kind_is_named_once_in_a_fixed_order():
    assert kinds("He hit me and hit me. I want to die. I'd be better off dead.") == ("self_harm", "partner_violence")


def test_every_turn_and_kind_has_a_notice_whoever_speaks():
    turns = (
        Turn(0, "T", Role.THERAPIST, "Have you had any thoughts of suicide?"),
        Turn(1, "C", Role.CLIENT, "Mm."),
        Turn(2, "I", Role.OTHER, "He says that he hit me. I mean, hit her. And that he wants to die."),
    )
    assert notices(Transcript("t", turns), by_patterns([turn.text for turn in turns])) == (
        RiskNotice(0, "self_harm"),
        RiskNotice(2, "self_harm"),
        RiskNotice(2, "partner_violence"),
    )


def test_only_violence_between_partners_ends_joint_work():
    assert ends_joint_work(["self_harm", "partner_violence"])
    assert not ends_joint_work(["self_harm", "abuse", "harm_to_others"])
    assert not ends_joint_work([])


# One opening of each pattern, to be followed by what could make it try again and again.
OPENINGS = (
    *("i want ", "i don't want ", "no point ", "any reason to ", "everyone would be ", "took all the my ", "fall asleep "),
    *("drive ", "written ", "i'm going to ", "i've got a knife ", "i hit ", "thoughts of kill", "touched me ", "my dad "),
    *("locked ", "he ", "my husband ", "she threw ", "he said he'll ", "hands on my ", "suicid", "thinking about not ", "did "),
)
TAILS = ("word ", " ", "a", "\t", "the my of ", "'", "he he ", "\n.", "")


def attacks(length):
    for opening in OPENINGS:
        for tail in TAILS:
            yield (opening + tail * length)[:length] if tail else (opening * length)[:length]


def work(pattern, text):
    """Processor time of the quickest of three searches, so that what else the machine does hardly counts."""
    times = []
    for _ in range(3):
        start = time.process_time()
        pattern.search(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("text", ["I WANT TO KILL MYSELF", "I want to kİll myself", "suıcıdal thoughts", "ſuicidal thoughts"])
def test_capitals_and_the_letters_of_other_keyboards_are_noticed_as_small_ones(text):
    assert kinds(text) == ("self_harm",)


def test_patterns_hold_no_capital_since_texts_are_read_in_small_letters():
    for _, pattern in risk._COMPILED:
        assert not re.search("[A-Z]", re.sub(r"\\[A-Za-z]", "", pattern.pattern)), pattern.pattern


@pytest.mark.parametrize("position", range(len(risk._COMPILED)))
def test_no_text_makes_a_pattern_slower_than_its_length(position):
    # Twelve times the text: linear work grows 12 times, quadratic 144 times, and the line lies between them. Below 50 µs a
    # search is too quick to compare; a quadratic one of 3,000 characters takes tens of milliseconds.
    _, pattern = risk._COMPILED[position]
    for short, long in zip(attacks(250), attacks(3_000), strict=True):
        assert work(pattern, long) < 45 * max(work(pattern, short), 5e-5), long[:40]
