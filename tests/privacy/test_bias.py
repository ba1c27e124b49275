"""Complaints of bias: sentences that must be noticed, and plain talk that must not."""

import pytest

from rupture.privacy.bias import complains_of_bias
from rupture.privacy.care import Care, by_patterns

NOTICED = """
    That was racist.
    I call it racism.
    The whole clinic is sexist.
    He made a homophobic joke.
    That felt transphobic to me.
    There's so much islamophobia.
    It's antisemitic, what he said.
    You're being ableist.
    That's ageism.
    They are xenophobic there.
    It's plain prejudice.
    He is a bigot.
    You're stereotyping me.
    I was discriminated against.
    It's one microaggression after another.
    White therapists don't get it.
    It's always a white man who asks.
    You say that because I'm Black.
    You say that because I’m a woman.
    You say that because I am an immigrant.
    Cos I'm gay, isn't it.
    Cause I'm disabled.
    It doesn't happen to people like me.
    You people never listen.
    She keeps misgendering me.
    You never use my pronouns.
    You didn't get my accent.
    It's about our culture.
    He stared at my hijab.
    What's wrong with my turban?
    My skin is all they see.
    It's my religion you mean.
    You mean my race.
"""
NOT_NOTICED = """
    The race starts at ten.
    He wore a white shirt.
    I like your accent on trust.
    Because I was late.
    Because I'm tired.
    Because I'm oldish.
    Some people like tea.
    She has a culture of yoghurt.
    The blackboard was full.
    I am a woman of few words.
    I trace it back to school.
"""


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("sentence", lines(NOTICED))
def test_noticed_in_any_case(sentence):
    for said in (sentence, sentence.upper(), sentence.lower()):
        assert complains_of_bias(said)


@pytest.mark.parametrize("sentence", lines(NOT_NOTICED))
def test_not_noticed(sentence):
    assert not complains_of_bias(sentence)


def test_the_patterns_alone_tell_risk_and_bias_of_each_text_asked_or_not():
    texts = ["That was racist, and I want to die.", "Fine.", "He hit me."]
    told = [Care(("self_harm",), True, True), Care(), Care(("partner_violence",))]
    assert by_patterns(texts) == by_patterns(texts, asked=True) == told
