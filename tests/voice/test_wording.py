"""Figures as people say them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.grammar.value_rules import VALUE_RULES
from voice.plain_words import plain_words
from voice.recognition.network import build_network
from voice.recognition.recognizer_base import Grammar, Rule
from voice.synthesis.spoken_figures import clock, day, duration, money, number
from voice.synthesis.synthesizer_base import Voice
from voice.synthesis.wording import as_spoken


@pytest.mark.proves("V.numbers")
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("at 19:00", "at seven p.m."),
        ("code A 7 B dash 0 O 1", "code A seven B dash zero O one"),
        ("of 7 B users", "of seven billion users"),
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
        ("Dr. Smith, 12 Elm Dr., St. Louis", "doctor Smith, twelve Elm drive, Saint Louis"),
        ("5 Main St., opposite St. Mary's", "five Main street, opposite Saint Mary's"),
        ("Visit St. Mary's", "Visit Saint Mary's"),
        ("say yes or no. Room no. 5", "say yes or no. Room number five"),
        (
            "Mon-Fri 9:00-17:00, Sat 10 am–2 pm",
            "Monday to Friday nine a.m. to five p.m., Saturday ten a.m. to two p.m.",
        ),
        ("I sat in the Sun.", "I sat in the Sun."),
        ("50-60 km/h in 10-12 min", "fifty to sixty kilometers an hour in ten to twelve minutes"),
        (
            "7.2 l/100km or 15 kWh/100 km",
            "seven point two liters per hundred kilometers or fifteen kilowatt hours per hundred kilometers",
        ),
        ("€3.5 million", "three point five million euros"),
        ("£5, £0.50", "five pounds, fifty pence"),
        ("12,50 €", "twelve euros fifty"),
        ("call 112 or (030) 123456", "call one one two or zero three zero, one two three four five six"),
        ("call 4000 people", "call four thousand people"),
        (
            "open 24/7, 3/4 full, 4.5/5 stars",
            "open twenty four seven, three quarters full, four point five out of five stars",
        ),
        (
            "in 1999, the 1980s, 2024-2026",
            "in nineteen ninety nine, the nineteen eighties, twenty twenty four to twenty twenty six",
        ),
        ("Nov 22, 2026", "November twenty second, twenty twenty six"),
        ("22.11.2026 or 11/22/2026", "Sunday, the twenty second of November or Sunday, the twenty second of November"),
        ("flight LH 1234, ref 007", "flight L H one two three four, ref zero zero seven"),
        ("5G, not 5 g", "5G, not five grams"),
        ("mail ann@example.com", "mail ann at example dot com"),
        ("see https://www.example.com/a?b=1", "see example dot com"),
        ("Smith & Sons, #4", "Smith and Sons, number four"),
        ("no figures here.", "no figures here."),
    ],
)
def test_figures_are_worded(written: str, said: str) -> None:
    assert as_spoken(written) == said


@pytest.mark.proves("V.languages")
@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("de", "für 4 am 2026-11-22", "für vier am Sonntag, zweiundzwanzigster November"),
        ("de", "um 19:30 Uhr, 1:05", "um neunzehn Uhr dreißig, ein Uhr fünf"),
        ("de", "12,50 €, 1 € und 21 °C", "zwölf Euro fünfzig, ein Euro und einundzwanzig Grad Celsius"),
        ("de", "am 3. Mai, 1 km, 130 km/h", "am dritten Mai, ein Kilometer, einhundertdreißig Kilometer pro Stunde"),
        ("de", "unter +49 30 12345", "unter plus vier neun, drei null, eins zwei drei vier fünf"),
        ("fr", "à 19:30, 12,50 €", "à dix-neuf heures trente, douze euros cinquante"),
        ("es", "a las 7:15, 1 km", "a las siete y quince, un kilómetro"),
        ("pl", "5 km", "pięć kilometrów"),
        ("qx", "19:30, 5 km", "19:30, 5 km"),
    ],
)  # fmt: skip
def test_figures_are_worded_in_the_language_of_the_voice(language: str, written: str, said: str) -> None:
    assert as_spoken(written, language) == said


@pytest.mark.parametrize(
    ("voice", "language"),
    [("en-us+f3", "en"), ("de+f2", "de"), ("de_DE-thorsten-medium", "de"), ("fr", "fr"), ("", "en"), ("robot", "en")],
)
def test_the_name_of_a_voice_tells_its_language(voice: str, language: str) -> None:
    assert Voice(voice).language == language


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


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (" Send $1,500 to Anna.", "send one thousand five hundred dollars to anna"),
        (" Navigate to 1,250 Main Street.", "navigate to one thousand two hundred fifty main street"),
        ("Book it for 4 at 7.30 in the evening.", "book it for four at seven thirty in the evening"),
        ("Wake me at 6.45.", "wake me at six forty five"),
        ("The meeting is 9.05 pm.", "the meeting is nine oh five pm"),
        ("It costs $1,250.50.", "it costs one thousand two hundred fifty dollars fifty"),
        ("It costs $20.", "it costs twenty dollars"),
        ("Pay €1 now.", "pay one euro now"),
        ("Pay £2.00.", "pay two pounds"),
        ("Transfer $3 million.", "transfer three million dollars"),
        ("Set it to -5 degrees.", "set it to minus five degrees"),
        ("Set it to −5.5.", "set it to minus five point five"),
        ("It weighs 7.30 kg.", "it weighs seven point three kg"),
        ("From 5-10 people", "from five ten people"),
        ("The covid-19 test", "the covid nineteen test"),
        ("There are 1,500,000 people", "there are one million five hundred thousand people"),
        ("Call 1234567", "call one two three four five six seven"),
        ("At 3.50 dollars", "at three point five dollars"),
    ],
)
def test_what_a_recognizer_writes_in_figures_becomes_the_words_that_were_said(written: str, words: str) -> None:
    assert plain_words(written) == words
