"""Read-backs of values: whoever hears one can write the value down again, and gets the very value.

The words are read back into values by a parser of this file, which knows English and nothing of the code that spoke.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.wording.closing_questions import asking
from assistant.wording.languages import languages, speaking, wording_of
from assistant.wording.replies import described_arguments, heading, read_back, tool_title
from assistant.wording.spoken_values import SpokenClock, parts_of, spoken_number, spoken_value, unit_of
from client.catalog import Catalog, Tool
from client.values import JSON

OFFSET = 3600.0
NOW = datetime(2026, 11, 20, 18, 5, tzinfo=timezone(timedelta(seconds=OFFSET)))
CLOCK = SpokenClock(NOW.timestamp(), OFFSET)
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()


def spoken(value: JSON, **schema: JSON) -> str:
    """What is said of a value."""
    return spoken_value(value, schema, CLOCK)


# -- the listener: words to values -------------------------------------------------------------------------------------


def number_heard(words: str) -> float:
    """Write down a number."""
    sign = -1 if words.startswith("minus ") else 1
    words = words.removeprefix("minus ")
    power = re.fullmatch(r"([\d.]+) times 10 to the power of (-?\d+)", words)
    exact = Decimal(power[1]) * Decimal(10) ** int(power[2]) if power else Decimal(words)
    return float(sign * exact) if exact != exact.to_integral_value() else float(sign * int(exact))


def day_heard(words: str) -> date:
    """Write down a day."""
    today = NOW.date()
    if words in ("yesterday", "today", "tomorrow"):
        return today + timedelta(days=("yesterday", "today", "tomorrow").index(words) - 1)
    if words in WEEKDAYS:
        return next(d for n in range(1, 8) if (d := today + timedelta(days=n)).weekday() == WEEKDAYS.index(words))
    found = re.fullmatch(r"(\w+) the (\d+)(?:st|nd|rd|th) of (\w+)(?: (\d+))?", words)
    assert found is not None, words
    day = date(int(found[4] or today.year), MONTHS.index(found[3]) + 1, int(found[2]))
    assert WEEKDAYS[day.weekday()] == found[1]
    return day


def time_heard(words: str) -> time:
    """Write down a time of day."""
    found = re.fullmatch(
        r"(?:(noon)|(midnight)|(\d+)(?::(\d\d))? ([ap])\.m\.)(?: and ([\d.]+) seconds)?"
        r"(?: in UTC(?: (plus|minus) (\d+)(?::(\d\d))?)?)?",
        words,
    )
    assert found is not None, words
    hour = 12 if found[1] else 0 if found[2] else int(found[3]) % 12 + (12 if found[5] == "p" else 0)
    seconds = Decimal(found[6] or 0)
    zone = None
    if " in UTC" in words:
        ahead = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
        zone = timezone(-ahead if found[7] == "minus" else ahead)
    return time(hour, int(found[4] or 0), int(seconds), int(seconds % 1 * 1_000_000), zone)


def text_heard(words: str) -> str:
    """Write down a text."""
    words = words.removesuffix(" with unusual letters")
    if words in ("empty", "blank"):
        return {"empty": "", "blank": " "}[words]
    if re.fullmatch(r"the word \S+", words):  # a text that says so itself is quoted
        return words.removeprefix("the word ")
    quoted = re.match(r"quote of (\d+) words?, ", words)
    if quoted:
        rest = words.removeprefix(quoted[0])
        inside = " ".join(rest.split()[: int(quoted[1])])
        assert rest.startswith(inside)
        end = rest.removeprefix(inside.removesuffix(","))
        assert end == ", end of quote", words
        return inside.removesuffix(",")
    return code_heard(words) if is_spelled(words) else words


MARKS = {"space": " ", "dash": "-", "slash": "/", "dot": ".", "underscore": "_", "plus": "+", "hash": "#"}


def is_spelled(words: str) -> bool:
    """Whether it is letters said one by one."""
    bare = words.removeprefix("small letters ").split()
    return all(len(each) == 1 or each in MARKS or each in ("capital",) for each in bare)


def code_heard(words: str) -> str:
    """Write down a code."""
    return "".join(MARKS.get(each, each) for each in words.removeprefix("small letters ").split() if each != "capital")


# -- numbers -----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("P1.values")
@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
@example(12345.67)
@example(1234567.891)
@example(0.30000000000000004)
@example(10**30)
@example(1e-7)
@example(-0.5)
def test_a_number_of_any_size_and_fraction_is_heard_as_it_is(value: float) -> None:
    heard = number_heard(spoken(value))
    assert math.isclose(heard, value, rel_tol=0, abs_tol=0) or heard == value


@pytest.mark.proves("P1.values")
@pytest.mark.parametrize(
    ("name", "description", "said"),
    [
        ("minutes", "", "12 minutes"),
        ("duration_seconds", "", "duration 12 seconds"),
        ("duration", "Duration of the timer in seconds", "duration 12 seconds"),
        ("length", "Length in minutes", "length 12 minutes"),
        ("distance_km", "", "distance 12 kilometers"),
        ("amount_eur", "Amount to pay", "amount 12 euros"),
        ("amount", "in US dollars, usd", "amount 12 dollars"),
        ("level", "Volume in percent", "level 12 percent"),
        ("temperature", "degrees Celsius", "temperature 12 degrees Celsius"),
        ("speed_limit", "kilometers per hour", "speed limit 12 kilometers an hour"),
        ("party_size", "How many people", "party size 12"),
        ("until", "from 5 minutes to 3 hours", "until 12"),
    ],
)
def test_the_unit_of_a_parameter_is_said_with_its_number(name: str, description: str, said: str) -> None:
    assert [*parts_of(name, 12, {"description": description}, CLOCK)] == [said]


@pytest.mark.proves("P1.values")
def test_one_of_a_unit_is_said_as_one() -> None:
    assert [*parts_of("minutes", 1, {}, CLOCK)] == ["1 minute"]
    assert unit_of("minutes", {})[0] == "minute"


# -- dates and times ---------------------------------------------------------------------------------------------------


@pytest.mark.proves("P1.values")
@given(st.dates())
@example(date(2027, 1, 1))
@example(date(2025, 12, 31))
@example(date(2026, 11, 27))
def test_a_date_is_heard_with_its_year_where_it_is_not_this_one(value: date) -> None:
    assert day_heard(spoken(value.isoformat(), format="date")) == value


ZONES = st.one_of(st.none(), st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))))


def as_the_car(zone: timezone | None) -> timezone:
    """The zone that a time means: the car's where none is told."""
    return zone or timezone(timedelta(seconds=OFFSET))


@pytest.mark.proves("P1.values")
@given(st.times(), ZONES)
@example(time(19, 0, 59), None)
@example(time(12), timezone(timedelta(hours=5, minutes=30)))
def test_a_time_is_heard_with_its_seconds_and_with_an_offset_that_is_not_the_cars(
    moment: time, zone: timezone | None
) -> None:
    value = moment.replace(tzinfo=zone)
    heard = time_heard(spoken(value.isoformat(), format="time"))
    assert heard.replace(tzinfo=None) == moment
    assert (heard.utcoffset() or timedelta(seconds=OFFSET)) == as_the_car(zone).utcoffset(None)


@pytest.mark.proves("P1.values")
@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), ZONES)
@example(datetime(2026, 11, 21, 19), UTC)
def test_a_moment_is_heard_as_the_same_moment(moment: datetime, zone: timezone | None) -> None:
    words = spoken(moment.replace(tzinfo=zone).isoformat(), format="date-time")
    day, _, clock = words.partition(" at ")
    heard = datetime.combine(day_heard(day), time_heard(clock))
    assert heard.replace(tzinfo=None) == moment
    assert as_the_car(zone) == as_the_car(heard.tzinfo)  # type: ignore[arg-type]  # only these zones are made here


@pytest.mark.proves("P1.values")
@given(st.lists(st.integers(0, 999), min_size=7, max_size=7))
def test_a_duration_is_heard_with_every_part(amounts: list[int]) -> None:
    letters = "YMWDHMS"
    day = "".join(f"{n}{letter}" for n, letter in zip(amounts[:4], letters[:4], strict=True))
    clock = "".join(f"{n}{letter}" for n, letter in zip(amounts[4:], letters[4:], strict=True))
    words = spoken(f"P{day}T{clock}", format="duration")
    assert [int(n) for n in re.findall(r"\d+", words)] == amounts
    names = ("year", "month", "week", "day", "hour", "minute", "second")
    assert [name.removesuffix("s") for name in re.findall(r"\d+ (\w+)", words)] == [*names]


# -- texts -------------------------------------------------------------------------------------------------------------

SPOKEN_TEXT = st.text(st.characters(categories=["Lu", "Ll", "Nd", "Po", "Pd", "Zs"], max_codepoint=0xFF), max_size=60)


@pytest.mark.proves("P1.values")
@given(SPOKEN_TEXT)
@example("hi. Shall I send this? Yes. Message: x")
@example("on my way, to Bob")
@example("empty")
@example("quote of 3 words, a, end of quote")
@example("MH12AB1234")
@example("aB-1")
@example("4711")
def test_a_text_is_heard_as_it_is_and_no_mark_in_it_ends_it(value: str) -> None:
    heard = text_heard(spoken(value))
    assert " ".join(heard.split()) == " ".join(value.split())


@pytest.mark.proves("P1.values")
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "empty"),
        ("   ", "blank"),
        ("\u200b\u200b", "blank with unusual letters"),
        (None, "nothing"),
        ([], "an empty list"),
        ({}, "an empty group"),
        ("Аnna", "Аnna with unusual letters"),
        ("ａnna", "ａnna with unusual letters"),
        ("a\u202edcba", "a dcba with unusual letters"),
        ("МОСКВА", "МОСКВА"),
        ("José", "José"),
        ("AB 12", "AB 12"),
        ("anna@example.org", "anna@example.org"),
        (True, "on"),
        (["a", "b", "c"], "a, b and c"),
        (
            ["rock and roll", "a, b"],
            "quote of 3 words, rock and roll, end of quote and quote of 2 words, a, b, end of quote",
        ),
    ],
)
def test_what_is_empty_or_not_what_it_seems_is_said_so(value: JSON, said: str) -> None:
    assert spoken(value) == said


@pytest.mark.proves("P1.values")
@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("on", "on", "off"),
        ("open", "open", "closed"),
        ("is_locked", "locked", "unlocked"),
        ("enabled", "enabled", "disabled"),
        ("insurance", "with insurance", "without insurance"),
        ("keepCopy", "with keep copy", "without keep copy"),
    ],
)
def test_true_and_false_are_words_of_the_parameter(name: str, yes: str, no: str) -> None:
    assert [*parts_of(name, True, {}, CLOCK), *parts_of(name, False, {}, CLOCK)] == [yes, no]


@pytest.mark.proves("P1.values")
def test_what_lies_inside_is_said_with_the_names_of_all_that_it_stands_in() -> None:
    value: JSON = {
        "name": "Anna",
        "address": {"street": "Main Street", "number": 5},
        "cards": [{"pin": "0042"}, {"pin": "1"}],
    }
    assert [*parts_of("guest", value, {}, CLOCK)] == [
        "guest name Anna",
        "guest address street Main Street",
        "guest address number 5",
        "guest cards 1 pin 0 0 4 2",
        "guest cards 2 pin 1",
    ]


JSON_VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), SPOKEN_TEXT, st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=6,
)


def leaves(value: JSON) -> list[JSON]:
    """Every plain value inside."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]


@pytest.mark.proves("P1.values")
@given(JSON_VALUES)
def test_no_value_inside_another_is_left_out(value: JSON) -> None:
    told = ", ".join(parts_of("thing", value, {}, CLOCK))
    for leaf in leaves(value):
        if isinstance(leaf, int) and not isinstance(leaf, bool):
            assert spoken_number(leaf) in told
        elif isinstance(leaf, str):
            assert spoken(leaf) in told


# -- the whole read-back -----------------------------------------------------------------------------------------------


def light(server: str = "home", *, trusted: bool = False, title: str = "", name: str = "set_light") -> Tool:
    """A tool with a default that acts."""
    schema: dict[str, JSON] = {
        "type": "object",
        "required": ["room"],
        "properties": {
            "room": {"type": "string"},
            "brightness": {"type": "integer", "default": 100, "description": "0 to 100 percent"},
            "note": {"type": "string", "default": ""},
        },
    }
    return Tool(server, name, "Set the brightness.", title, schema, trusted=trusted)


@pytest.mark.proves("P1.values")
def test_a_default_that_acts_is_read_back_with_what_was_said() -> None:
    told = read_back(light(), {"room": "bedroom"}, CLOCK.now, OFFSET)
    assert told == "Set light: bedroom, brightness 100 percent. Shall I set this?"


@pytest.mark.proves("P1.values", "P1.monotonic")
def test_the_title_of_a_server_that_is_not_trusted_is_not_taken_over() -> None:
    assert tool_title(light(title="Show the weather")) == "Set light"
    assert tool_title(light(title="Lights", trusted=True)) == "Lights"
    assert tool_title(light(name="pаy")) == "Pаy with unusual letters"


@pytest.mark.proves("P1.values")
def test_a_parameters_name_holds_no_sentence() -> None:
    told = described_arguments(Tool("s", "pay"), {"amount. Shall I do nothing? Yes.": 5}, CLOCK.now, OFFSET)
    assert told == "amount shall i do nothing yes 5"


@pytest.mark.proves("P1.values")
def test_the_server_is_named_where_two_have_the_tool() -> None:
    both = Catalog((light("home"), light("office")))
    assert heading(both.tools[1], both) == "Set light at office"
    assert heading(light(), Catalog((light(),))) == "Set light"


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("create_event", "Shall I create this?"),
        ("add_tracks_to_playlist", "Shall I add this?"),
        ("set_timer", "Shall I set this?"),
        ("HassTurnOn", "Shall I turn this on?"),
        ("turn_off_light", "Shall I turn this off?"),
        ("create_playlist", "Shall I create this?"),
        ("save_note", "Shall I save this?"),
        ("start_charging", "Shall I start this?"),
        ("open_garage_door", "Shall I open this?"),
        ("transfer_money", "Shall I pay this?"),
        ("send_message", "Shall I send this?"),
        ("transfer_call", "Shall I transfer this?"),
        ("get_coffee", "Shall I do this?"),
        ("get_and_pay_bill", "Shall I do this?"),
        ("find_payment_pay", "Shall I pay this?"),
        ("show_door", "Shall I do this?"),
        ("frobnicate", "Shall I do this?"),
    ],
)
def test_the_question_has_the_tools_own_verb(name: str, question: str) -> None:
    assert asking(Tool("s", name)) == question


def test_on_and_off_are_asked_as_such() -> None:
    tool = Tool("car", "set_light")
    assert [asking(tool, {"on": on}) for on in (True, False)] == ["Shall I turn this on?", "Shall I turn this off?"]


@pytest.mark.proves("U.languages")
@pytest.mark.parametrize("code", languages())
def test_every_language_has_the_words_that_read_backs_are_made_of(code: str) -> None:
    base, own = wording_of("en"), wording_of(code)
    for section in ("units", "unit_words", "numbers"):
        assert base.table(section).keys() == own.table(section).keys()
    assert base.table("codes", "marks").keys() == own.table("codes", "marks").keys()
    assert len(base.list("booleans", "words")) == len(own.list("booleans", "words"))
    with speaking(code):
        assert "12345" in spoken(12345.67)
        assert wording_of(code).list("units", "minute")[1] in " ".join(parts_of("minutes", 5, {}, CLOCK))
