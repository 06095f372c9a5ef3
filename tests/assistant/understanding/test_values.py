"""Numbers, times, dates and durations: what is said in words is read back to the same value."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from assistant.understanding.language import language
from assistant.understanding.slots.dates import Dates
from assistant.understanding.slots.entities import EntityFinder, settle_hour
from assistant.understanding.slots.numbers import Numbers
from assistant.understanding.slots.times import Times, iso_duration
from assistant.understanding.tokens import cut

NUMBERS = Numbers(language())
TIMES = Times(language(), NUMBERS)
DATES = Dates(language(), NUMBERS)
TODAY = date(2026, 11, 21)  # a Saturday
NOW = datetime(2026, 11, 21, 10, 0)


@pytest.mark.proves("U.slots")
@given(st.integers(0, 999_999_999))
def test_integers_said_in_words_are_read_back(number: int) -> None:
    words = cut(num2words(number).replace(",", ""))
    found = NUMBERS.at(words, 0)
    assert found is not None
    assert (found.value, found.end) == (number, len(words))


@given(st.integers(0, 10_000), st.integers(1, 9))
def test_decimals_and_negatives_are_read_back(whole: int, tenth: int) -> None:
    found = NUMBERS.at(cut(f"minus {num2words(whole)} point {num2words(tenth)}".replace(",", "")), 0)
    assert found is not None
    assert found.value == pytest.approx(-(whole + tenth / 10))


@given(st.integers(1, 99))
def test_ordinals_are_read_back(number: int) -> None:
    found = NUMBERS.at(cut(num2words(number, to="ordinal")), 0)
    assert found is not None
    assert (found.value, found.ordinal) == (number, True)


@pytest.mark.proves("U.slots")
@given(st.integers(1, 12), st.integers(10, 59), st.sampled_from(["am", "pm", "a.m.", "p.m.", "in the morning"]))
def test_times_said_in_words_are_read_back(hour: int, minute: int, half: str) -> None:
    words = cut(f"{num2words(hour)} {num2words(minute)} {half}")
    found = TIMES.at(words, 0)
    assert found is not None
    assert (found.hour, found.minute, found.bare) == (hour % 12 + 12 * (half[0] == "p"), minute, False)
    assert found.end == len(words)


@given(st.integers(0, 23), st.integers(0, 59))
def test_typed_times_are_read_back(hour: int, minute: int) -> None:
    found = TIMES.at(cut(f"{hour:02d}:{minute:02d}"), 0)
    assert found is not None
    settled = (found.hour, found.minute)
    assert settled == (hour, minute)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("half past seven", (7, 30)), ("a quarter to nine", (8, 45)), ("quarter past eight pm", (20, 15)),
        ("ten past six", (18, 10)), ("noon", (12, 0)), ("midnight", (0, 0)), ("eight", (8, 0)), ("six", (18, 0)),
        ("twelve", (12, 0)), ("seven", (19, 0)), ("7:30", (7, 30)), ("19:45", (19, 45)), ("8 o'clock", (8, 0)),
        ("eight in the evening", (20, 0)), ("five thirty", (17, 30)),
    ],
)  # fmt: skip
def test_a_bare_hour_is_the_next_one_between_seven_and_nineteen(text: str, time: tuple[int, int]) -> None:
    found = TIMES.at(cut(text), 0)
    assert found is not None
    assert settle_hour(found, NOW, None) == time


@pytest.mark.proves("U.slots")
@given(st.integers(0, 30), st.integers(0, 59), st.integers(1, 59))
def test_durations_said_in_words_are_read_back(hours: int, minutes: int, seconds: int) -> None:
    parts = [f"{num2words(n)} {unit}" for n, unit in ((hours, "hours"), (minutes, "minutes")) if n]
    text = " ".join([*parts, f"and {num2words(seconds)} seconds" if parts else f"{num2words(seconds)} seconds"])
    found = TIMES.duration_at(cut(text), 0)
    assert found is not None
    assert found.seconds == hours * 3600 + minutes * 60 + seconds


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("an hour and a half", "PT1H30M"), ("half an hour", "PT30M"), ("two days", "P2D"), ("90 minutes", "PT1H30M"),
        ("a quarter of an hour", "PT15M"), ("three weeks", "P3W"), ("one month", "P1M"),
        ("2 hours 10 minutes", "PT2H10M"),
    ],
)  # fmt: skip
def test_durations_are_written_as_iso_8601(text: str, iso: str) -> None:
    found = TIMES.duration_at(cut(text), 0)
    assert found is not None
    assert iso_duration(found) == iso


@pytest.mark.proves("U.slots")
@given(st.dates(TODAY, TODAY + timedelta(360)), st.sampled_from(["{d:%B} {o}", "the {o} of {d:%B}", "{d:%B} {d.day}"]))
def test_days_said_in_words_are_read_back(day: date, shape: str) -> None:
    words = cut(shape.format(d=day, o=num2words(day.day, to="ordinal")))
    found = DATES.at(words, 0, TODAY)
    assert found is not None
    assert (found.day, found.end) == (day, len(words))


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_iso_days_are_read_back(day: date) -> None:
    found = DATES.at(cut(day.isoformat()), 0, TODAY)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-21"), ("tomorrow", "2026-11-22"), ("the day after tomorrow", "2026-11-23"),
        ("monday", "2026-11-23"), ("saturday", "2026-11-21"), ("next friday", "2026-11-27"),
        ("in three days", "2026-11-24"), ("two weeks from now", "2026-12-05"), ("the 4th", "2026-12-04"),
        ("22 november 2027", "2027-11-22"), ("may 5", "2027-05-05"), ("tomorrow's", "2026-11-22"),
        ("this weekend", "2026-11-21"), ("monday the 23rd", "2026-11-23"),
    ],
)  # fmt: skip
def test_days_are_counted_from_the_day_they_are_said(text: str, day: str) -> None:
    found = DATES.at(cut(text), 0, TODAY)
    assert found is not None
    assert found.day is not None
    assert found.day.isoformat() == day


@pytest.mark.parametrize("text", ["this week", "the next 48 hours", "end of march", "next few days"])
def test_a_period_names_no_single_day(text: str) -> None:
    found = DATES.at(cut(text), 0, TODAY)
    assert found is not None
    assert found.day is None


@given(st.text(max_size=120), st.floats(allow_nan=False), st.floats(-1e6, 1e6))
def test_no_text_and_no_clock_breaks_the_finder(text: str, now: float, offset: float) -> None:
    EntityFinder(language()).find(text, now, offset)
