"""Figures as people say them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.grammar_values import VALUE_RULES
from voice.recognition.base import Grammar, Rule
from voice.recognition.network import build_network
from voice.synthesis.wording import as_spoken, clock, day, duration, money, number
from voice.words import plain_words


@pytest.mark.proves("V.numbers")
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("at 19:00", "at seven p.m."),
        ("booked at 20:00. Done", "booked at eight p.m. Done"),
        ("at 7:05 am", "at seven oh five a.m."),
        ("12:00", "noon"),
        ("3 pm", "three p.m."),
        ("2026-11-22T19:30:00", "Sunday, the twenty second of November at seven thirty p.m."),
        ("for 4", "for four"),
        ("1,250 seats", "one thousand two hundred and fifty seats"),
        ("3.5 km", "three point five kilometers"),
        ("1 km", "one kilometer"),
        ("21 °C", "twenty one degrees"),
        ("-3°C", "minus three degrees"),
        ("130 km/h", "one hundred and thirty kilometers an hour"),
        ("40%", "forty percent"),
        ("€12.50", "twelve euros fifty"),
        ("1.899 €", "one point eight nine nine euros"),
        ("$1", "one dollar"),
        ("0.99 EUR", "ninety nine cents"),
        ("call +49 30 123456", "call plus four nine, three zero, one two three four five six"),
        ("PT1H30M", "one hour and thirty minutes"),
        ("the 2nd of May", "the second of May"),
        ("12 Elm St. is open", "twelve Elm street is open"),
        ("room A4 on the B96", "room A4 on the B96"),
        ("no figures here.", "no figures here."),
    ],
)
def test_figures_are_worded(written: str, said: str) -> None:
    assert as_spoken(written) == said


@pytest.mark.proves("V.numbers")
@given(st.integers(0, 23), st.integers(0, 11))
def test_every_time_that_is_said_can_be_heard(hour: int, fives: int) -> None:
    network = build_network(Grammar(Rule("time"), VALUE_RULES))
    assert network.accepts(plain_words(clock(time(hour, fives * 5))))


@given(st.integers(0, 99))
def test_every_small_number_that_is_said_can_be_heard(value: int) -> None:
    assert build_network(Grammar(Rule("number"), VALUE_RULES)).accepts(plain_words(number(value)))


@given(st.integers(0, 10**9))
def test_a_spoken_text_has_no_digits_left(value: int) -> None:
    assert not any(character.isdigit() for character in as_spoken(f"it is {value} now"))


def test_days_near_today_have_their_short_names() -> None:
    today = date(2026, 11, 21)
    assert [day(date(2026, 11, number), today) for number in (21, 22, 24)] == ["today", "tomorrow", "Tuesday"]
    assert day(date(2026, 12, 24), today) == "Thursday, the twenty fourth of December"


def test_durations_and_money_have_their_singular() -> None:
    assert duration(61) == "one minute and one second"
    assert duration(0) == "zero seconds"
    assert duration(90_000) == "one day and one hour"
    assert money("1.05", "EUR") == "one euro oh five"
