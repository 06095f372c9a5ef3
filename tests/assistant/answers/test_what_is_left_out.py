"""An answer is told without what a person would leave out, and a conversion is one sentence."""

from __future__ import annotations

import pytest

from assistant.wording.replies import report
from assistant.wording.results.failures import cause
from assistant.wording.results.result_sentences import spoken_result
from client.call import CallError, Failed, Sent
from client.catalog import Tool
from client.values import JSON
from tests.assistant.answers.corpus import CLOCK


def _tool(name: str, *given: str, description: str = "") -> Tool:
    return Tool(
        "s",
        name,
        description or name,
        "",
        {"type": "object", "properties": {one: {} for one in given}, "required": list(given)},
    )


def _said(result: JSON, name: str = "get_thing", *given: str) -> str:
    return " ".join(spoken_result(result, _tool(name, *given), CLOCK).sentences)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (
            {
                "original_value": 72.0,
                "original_unit": "celsius",
                "converted_value": 161.6,
                "converted_unit": "fahrenheit",
            },
            "72 degrees Celsius are 161.6 degrees Fahrenheit.",
        ),
        (
            {"result": 86.0, "original_value": 30, "from_unit": "C", "to_unit": "F", "formatted": "30 C = 86 F"},
            "30 degrees Celsius are 86 degrees Fahrenheit.",
        ),
        ({"value": 10, "from": "mile", "to": "kilometer", "result": 16.09344}, "10 miles are 16.09 kilometers."),
        ({"amount": 1, "from_currency": "EUR", "to_currency": "USD", "converted_amount": 1.087}, "1 EUR is 1.087 USD."),
        ({"fromUnit": "foot", "toUnit": "meter", "inputValue": 6, "outputValue": 1.8288}, "6 feet are 1.83 meters."),
        ({"from": "EUR", "to": "GBP", "rate": 0.86}, "1 EUR is 0.86 GBP."),
    ],
)
def test_a_conversion_is_one_sentence_with_both_values(result: JSON, said: str) -> None:
    assert _said(result, "convert") == said


def test_a_way_from_one_place_to_another_is_no_conversion() -> None:
    heard = _said({"from": "Bonn", "to": "Ulm", "duration_min": 200}, "get_route")
    assert " are " not in heard
    assert "200" in heard


@pytest.mark.parametrize(
    ("result", "heard", "silent"),
    [
        (
            {"temperature": 12, "tool_version": "1.2", "confidence": 0.4, "disclaimer": "No advice."},
            "12",
            ("1.2", "0.4", "advice"),
        ),
        (
            {"sunrise": "2026-12-04 07:58 AM", "sunrise_iso": "2026-12-04T07:58:30+01:00"},
            "sunrise Friday at 7:58 a.m.",
            ("iso",),
        ),
        ({"sunset": "2026-12-04 03:54 PM"}, "sunset is Friday at 3:54 p.m./sunset Friday at 3:54 p.m.", ("a.m.",)),
        (
            {"date": "2026-11-30", "year": 2026, "month": 11, "weekday": "Monday", "quarter": 4},
            "today",
            ("2026", "quarter"),
        ),
        (
            [{"name": "Anna", "city": "Bonn", "created_at": "2026-11-01T10:00:00Z", "region": "Unknown"}],
            "Bonn",
            ("created", "unknown"),
        ),
        (
            {"success": True, "data": {"bank": "HDFC", "city": "Mumbai"}, "warnings": [], "source": "bundled_data"},
            "Mumbai",
            ("data", "bundled"),
        ),
        ({"results": {"USD": {"rate": 1.1}, "GBP": {"rate": 0.9}}}, "USD, rate 1.1", ("results",)),
        (
            {
                "items": [{"name": "bread"}, {"name": "milk"}],
                "a": 1,
                "b": 2,
                "c": 3,
                "d": 4,
                "e": 5,
                "grand_total": 22.5,
            },
            "grand total 22.5",
            (),
        ),
        (
            {"due_date": "2026-12-04", "fires_at": "2026-11-30T18:00:00+01:00"},
            "fires today at 6 p.m.",
            ("at today", "due date"),
        ),
        (
            {"day": "Friday", "is_business_day": False, "is_open": False, "has_parking": False},
            "not business day, closed, no parking",
            ("business not",),
        ),
        ({"invoice_month": "2026-11", "paid": True}, "November", ("2026-11",)),
    ],
)
def test_what_only_programs_use_is_not_said(result: JSON, heard: str, silent: tuple[str, ...]) -> None:
    said = _said(result)
    assert any(one in said for one in heard.split("/"))
    assert [word for word in silent if word.lower() in said.lower()] == []


def test_a_field_that_would_be_left_out_is_said_if_there_is_no_other_or_it_was_asked_for() -> None:
    assert "0.4" in _said({"confidence": 0.4})
    assert "1.2" in _said({"version": "1.2", "temperature": 12}, "get_version")


def test_what_was_asked_is_not_repeated() -> None:
    assert (
        _said({"weight_kg": 70, "height_cm": 175, "bmi": 22.9}, "calculate_bmi", "weight_kg", "height_cm")
        == "bmi 22.9."
    )
    assert "22.9" not in _said({"weight_kg": 22.9, "age": 3}, "calculate_bmi", "weight_kg")


@pytest.mark.parametrize(
    ("name", "given", "value", "said"),
    [
        ("is_leap_year", ("year",), True, "Yes: leap year."),
        ("is_public_holiday", ("date",), False, "No: not public holiday."),
        ("is_stove_on", (), False, "The stove is off."),
        ("is_door_locked", ("door",), True, "The door is locked."),
    ],
)
def test_yes_and_no_are_said_with_their_thing(name: str, given: tuple[str, ...], value: bool, said: str) -> None:
    assert _said({"result": value}, name, *given) == said


@pytest.mark.parametrize("name", ["date_diff", "parse_human_date", "calc_convert", "add_days"])
def test_a_name_that_is_no_thing_is_no_subject(name: str) -> None:
    assert _said({"result": "23 days"}, name) == "23 days."


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("Error executing tool x: name 'timezone' is not defined", "The service refused it."),
        ("can't subtract offset-naive and offset-aware datetimes", "The service refused it."),
        (
            "1 validation error for find_recipeOutput\nresult\n  Input should be a valid string [type=string_type]",
            "The service refused it.",
        ),
        ("Physics Engine Error: Invalid isoformat string: 'noon'", "It does not take noon."),
        ("time data 'tomorrow' does not match format '%Y-%m-%d'", "It does not take tomorrow."),
        ("could not convert string to float: 'lots'", "It does not take lots."),
        (
            "1 validation error for call[x]\nweight_kg\n  Input should be greater than 0 [type=greater_than]",
            "It does not take that value for weight.",
        ),
    ],
)
def test_errors_of_libraries_become_words(error: str, said: str) -> None:
    assert cause(error, _tool("calculate_x", "weight_kg")) == said


@pytest.mark.parametrize(
    ("name", "description", "perhaps_done"),
    [
        ("drip_rate_calculator", "Calculate a drip rate.", False),
        ("time_since", "Get the time since a date.", False),
        ("frobnicate", "Frobnicates the gate.", True),
        ("open_gate", "Calculate how far the gate opens.", True),
        ("drip_rate_calculator", "Calculate a drip rate and order the pump.", True),
    ],
)
def test_only_what_may_have_acted_may_have_been_done(name: str, description: str, perhaps_done: bool) -> None:
    failed = Failed(CallError("tool_error", "The value is too large.", Sent.YES))
    assert ("may have been done" in report(_tool(name, description=description), failed, 3_600.0)) is perhaps_done
