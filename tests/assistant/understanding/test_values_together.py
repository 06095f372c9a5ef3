"""Which of several numbers, days, currencies and choices of a sentence belongs to which parameter, which to none."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

NOW = Context(now=1795249800.0)
"""Saturday, 2026-11-21, 08:30 UTC."""
TEXT, NUMBER, WHOLE, YES = ({"type": each} for each in ("string", "number", "integer", "boolean"))


def about(kind: dict[str, Any], told: str) -> dict[str, Any]:
    return {**kind, "description": told}


def values(properties: dict[str, Any], text: str, required: tuple[str, ...] = ()) -> dict[str, JSON]:
    catalog = catalog_of(tool("do_it", "Do it.", properties, required))
    return dict(Interpreter(catalog).values("made-up.do_it", text, NOW))


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twelve weeks of training three days a week", {"plan_weeks": 12, "days_per_week": 3}),
        ("a plan over the next six weeks", {"plan_weeks": 6}),
        ("four days per week with forty five minute sessions", {"days_per_week": 4, "session_minutes": 45}),
        ("train for twenty minutes", {"session_minutes": 20}),
    ],
)
def test_a_length_goes_to_the_parameter_that_counts_its_unit_and_a_rate_to_the_one_that_counts_per_time(
    text: str, expected: dict[str, JSON]
) -> None:
    plan = {
        "plan_weeks": about(WHOLE, "Duration in weeks (4-16)"),
        "days_per_week": about(WHOLE, "Training days per week (2-6)"),
        "session_minutes": about(WHOLE, "Minutes of a session"),
    }
    assert values(plan, text) == expected


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i'm forty one one meter seventy and eighty two kilos", {"age": 41, "height_cm": 170, "weight_kg": 82}),
        ("age thirty five five foot ten and ninety kilos", {"age": 35, "height_cm": 177.8, "weight_kg": 90}),
        ("seventy kilos", {"weight_kg": 70}),
    ],
)
def test_a_measure_of_two_parts_is_one_value_in_the_parameters_unit(text: str, expected: dict[str, JSON]) -> None:
    body = {
        "age": about(WHOLE, "Age in years"),
        "height_cm": about(NUMBER, "Height in cm"),
        "weight_kg": about(NUMBER, "Weight in kg"),
    }
    assert values(body, text, ("age", "height_cm", "weight_kg")) == expected


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("show me the last ten", {"limit": 10}),
        ("the five newest", {"limit": 5}),
        ("what came with the number nine bus", {}),
        ("players under six million", {"max_price": 6}),
        ("players under six", {"max_price": 6}),
        ("without changing", {"max_changes": 0}),
        ("urgent please", {"priority": 4}),
        ("priority three", {"priority": 3}),
    ],
)
def test_a_number_that_counts_something_else_fills_nothing(text: str, expected: dict[str, JSON]) -> None:
    properties = {
        "limit": about(WHOLE, "Maximum number of results to return"),
        "max_price": about(NUMBER, "Highest price in millions"),
        "max_share": about(NUMBER, "Highest share in percent"),
        "max_changes": about(WHOLE, "Most changes allowed"),
        "priority": about(WHOLE, "Priority from 1 (normal) to 4 (urgent)"),
    }
    assert values(properties, text) == expected


CODES = ["USD", "EUR", "GBP", "JPY", "CHF", "CAD", "MXN", "NOK", "TRY", "ALL", "TOP", "YER", "MMK"]
EXCHANGE: dict[str, Any] = {
    "amount": NUMBER,
    "from_currency": {"type": "string", "enum": CODES},
    "to_currency": {"type": "string", "enum": CODES},
}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "amount", "given", "wanted"),
    [
        ("how much is fifty dollars in euros", 50, "USD", "EUR"),
        ("what's a hundred and twenty swiss francs in british pounds", 120, "CHF", "GBP"),
        ("they want four thousand five hundred yen how many dollars is that", 4500, "JPY", "USD"),
        ("turn nineteen ninety five canadian into mexican pesos", 19.95, "CAD", "MXN"),
        ("give me norwegian kroner for eighty turkish lira", 80, "TRY", "NOK"),
    ],
)
def test_the_counted_currency_is_converted_into_the_other(text: str, amount: float, given: str, wanted: str) -> None:
    expected = {"amount": amount, "from_currency": given, "to_currency": wanted}
    assert values(EXCHANGE, text, tuple(EXCHANGE)) == expected


@pytest.mark.proves("U.slots")
def test_a_list_of_currencies_takes_those_that_the_base_is_told_in() -> None:
    rates = {
        "base_currency": {"type": "string", "enum": CODES},
        "symbols": {"type": "array", "items": {"type": "string", "enum": CODES}},
    }
    said = "the rate of the pound against the dollar and the euro"
    assert values(rates, said) == {"base_currency": "GBP", "symbols": ["USD", "EUR"]}
    assert values(rates, "try all the top rates this year") == {}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from november second to november sixth", {"start_date": "2026-11-02", "end_date": "2026-11-06"}),
        ("on the first of october", {"specific_date": "2026-10-01"}),
        ("on january first this year", {"specific_date": "2026-01-01"}),
        ("what time does the sun rise", {}),
    ],
)
def test_two_days_fill_both_ends_of_a_range_and_one_day_fills_the_one(text: str, expected: dict[str, JSON]) -> None:
    names = ("start_date", "end_date", "specific_date")
    catalog = catalog_of(
        tool("get_history", "Get the history.", {name: {"type": "string", "format": "date"} for name in names})
    )
    assert dict(Interpreter(catalog).values("made-up.get_history", text, NOW)) == expected


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("be there by nine fifteen", {"arrive_by": "09:15"}),
        ("leaving at five thirty pm", {"depart_at": "17:30"}),
        ("without tolls", {"avoid_tolls": True}),
        ("avoid tolls", {"avoid_tolls": True}),
        ("with tolls", {}),
        ("only the ones i starred", {"starred_only": True}),
        ("skip the mistakes", {"common_mistakes": False}),
        ("put it on the list", {}),
    ],
)
def test_words_around_a_time_or_a_thing_say_which_yes_or_time_is_meant(text: str, expected: dict[str, JSON]) -> None:
    properties = {
        "arrive_by": about(TEXT, "Time, HH:MM"),
        "depart_at": about(TEXT, "Time, HH:MM"),
        "avoid_tolls": about(YES, "Avoid toll roads"),
        "starred_only": YES,
        "common_mistakes": YES,
        "enable_nagging": about(YES, "Repeat until it is done"),
    }
    assert values(properties, text) == expected


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("over the past five years", {"period": "5y"}),
        ("week by week for the last six months", {"period": "6mo", "interval": "1wk"}),
        ("cheap diesel", {"fuel": "gazole"}),
        ("i want to get stronger with dumbbells and a barbell", {"goal": "strength", "kit": ["dumbbells", "barbell"]}),
        ("keep it", {}),
    ],
)
def test_a_choice_is_said_by_its_length_its_other_name_or_its_kin(text: str, expected: dict[str, JSON]) -> None:
    properties = {
        "period": about(TEXT, 'Valid periods: "1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "ytd", "max"'),
        "interval": about(TEXT, 'Valid intervals: "1d", "5d", "1wk", "1mo"'),
        "fuel": {"type": "string", "enum": ["e10", "sp95", "gazole"], "description": "e10, sp95 or gazole (diesel)."},
        "goal": about(TEXT, "Goal: strength, fat_loss, endurance"),
        "kit": about({"type": "array", "items": TEXT}, "Available kit: barbell, dumbbells, cable, none"),
        "rule": {"type": "string", "enum": ["round_robin", "random", "keep_last_assigned"]},
    }
    assert values(properties, text) == expected


@pytest.mark.proves("U.slots")
def test_an_id_whose_example_is_a_code_is_filled_by_letters_and_digits_that_are_said() -> None:
    issue = {"id": about(TEXT, "Issue identifier (e.g., ENG-123)")}
    assert values(issue, "throw out eng one twelve it's a duplicate", ("id",)) == {"id": "ENG-112"}
    assert values(issue, "throw out the duplicate", ("id",)) == {}


@pytest.mark.proves("U.slots")
def test_what_another_tool_says_of_a_time_does_not_outweigh_a_parameters_own_words() -> None:
    catalog = catalog_of(
        tool("set_alarm", "Set an alarm.", {"time": about(TEXT, "Time as HH:MM (24h)")}, ("time",)),
        tool("log_water", "Log water.", {"time": about(TEXT, "When, ISO 8601")}),
    )
    read = Interpreter(catalog)
    assert read.values("made-up.set_alarm", "wake me at ten to seven", NOW) == {"time": "06:50"}
    assert read.values("made-up.log_water", "at nine this morning", NOW) == {"time": "2026-11-21T09:00:00"}


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a place with a garden and a pool", {"swimming_pool": True}),
        ("one with wifi", {"free_wifi": True}),
        ("no pool please", {"swimming_pool": False}),
        ("unmute it", {"muted": False}),
        ("mute it", {"muted": True}),
        ("read me the newest", {}),
    ],
)
def test_what_a_place_has_and_what_is_taken_back_are_yes_and_no(text: str, expected: dict[str, JSON]) -> None:
    assert values({"swimming_pool": YES, "free_wifi": YES, "muted": YES, "show_read": YES}, text) == expected


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("high tides for the next week in feet", {"days": 7, "units": "ft"}),
        ("tides for the coming four days in meters", {"days": 4, "units": "m"}),
        ("the season of twenty nineteen", {"season": "2019"}),
        ("minus forty two fifty", {"amount": -42.5}),
        ("half a liter", {"volume_ml": 500}),
        ("a loan over thirty years", {"years": 30}),
    ],
)
def test_units_years_and_signs_are_those_that_were_said(text: str, expected: dict[str, JSON]) -> None:
    properties = {
        "days": about(WHOLE, "Forecast days, 1 to 14"),
        "units": about(TEXT, "Units: m or ft"),
        "season": about(TEXT, "Season as YYYY"),
        "amount": about(NUMBER, "Amount; negative for money spent"),
        "volume_ml": about(WHOLE, "Milliliters"),
        "years": about(WHOLE, "Term in years"),
    }
    assert values(properties, text) == expected


@pytest.mark.proves("U.slots")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from last monday to wednesday", {"after": "2026-11-16", "before": "2026-11-18"}),
        ("before october", {"before": "2026-10-01"}),
        ("after the third of november", {"after": "2026-11-03"}),
    ],
)
def test_the_ends_of_what_has_been_lie_where_they_were_said(text: str, expected: dict[str, JSON]) -> None:
    day = {"type": "string", "format": "date"}
    catalog = catalog_of(tool("list_history", "List what has been.", {"after": day, "before": day}))
    assert dict(Interpreter(catalog).values("made-up.list_history", text, NOW)) == expected
