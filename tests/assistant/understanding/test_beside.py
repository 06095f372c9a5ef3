"""Values said in an aside, before the request, or for the request before it: they fill what they were said for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context, Interpretation
from client.catalog import Catalog
from client.servers.mcp.in_process import InProcessServer
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool
from tests.assistant.understanding.test_planning import garage

NOW = Context(now=1.795e9)
MOBILE = {"garage.resolve_customer": {"mobile": "9876543210"}}
CAR = {"garage.resolve_vehicle": {"registration": "MH12AB1234"}}


async def garage_reader() -> Interpreter:
    server = InProcessServer("garage", garage())
    await server.connect()
    catalog = Catalog(tuple((await server.list_tools()).tools))
    await server.close()
    return Interpreter(catalog)


@pytest.mark.proves("U.beside")
@pytest.mark.parametrize(
    ("text", "arguments", "beside"),
    [
        ("book a service, oh and my number is 9876543210, for the Swift", {}, MOBILE),
        ("my mobile is 9876543210, can you book a service for me", {}, MOBILE),
        ("I'm on nine eight seven six five four three two one zero, book a regular service please",
         {"service_type": "regular service"}, MOBILE),
        ("book a regular service and my number is 9876543210", {"service_type": "regular service"}, MOBILE),
        ("book a service for MH12AB1234, my mobile is 9876543210", {}, {**MOBILE, **CAR}),
        ("book a repair, and by the way the car is MH12AB1234", {"service_type": "repair"}, CAR),
        ("oh my phone is 9876543210 by the way, I want to book a regular service in Pune",
         {"service_type": "regular service"}, {**MOBILE, "garage.get_nearby_dealers": {"city": "Pune"}}),
    ],
)  # fmt: skip
async def test_what_is_said_beside_the_request_goes_where_it_belongs(
    text: str, arguments: Mapping[str, JSON], beside: Mapping[str, Mapping[str, JSON]]
) -> None:
    best = (await garage_reader()).read([text], NOW).interpretations[0]
    assert (best.tool, best.arguments, best.beside) == ("garage.book_service", arguments, beside)
    assert {name: text[span.start : span.end] for name, span in best.spans.items()} == arguments


@pytest.mark.proves("U.beside")
async def test_a_code_that_is_called_what_the_request_wants_is_taken_for_it() -> None:
    best = (await garage_reader()).read(["book a repair for vehicle V-4"], NOW).interpretations[0]
    assert best.arguments["vehicle_id"] == "V-4"


TRIP = catalog_of(
    tool("get_forecast", "Get the weather forecast of a city",
         {"city": {"type": "string", "description": "city"}, "date": {"type": "string", "format": "date"}}, ("city",)),
    tool("book_hotel", "Book a hotel room in a city",
         {"city": {"type": "string", "description": "city"},
          "date": {"type": "string", "format": "date", "description": "day of arrival"},
          "guest": {"type": "string", "description": "contact who stays there"}}, ("city", "date", "guest")),
)  # fmt: skip


def asked_after_forecast(text: str, server: str = "made-up") -> Interpretation:
    known = {"city": "Bonn", "date": "2026-12-01", "guest": "Anna"}
    context = Context(now=1.795e9, previous_tool=f"{server}.get_forecast", previous_arguments=known)
    return Interpreter(TRIP).read([text], context).interpretations[0]


@pytest.mark.proves("U.beside")
def test_the_city_of_the_request_before_is_not_asked_for_again_but_its_day_and_person_are() -> None:
    best = asked_after_forecast("book a hotel room")
    assert best.arguments == {"city": "Bonn"}
    assert best.missing == ("date", "guest")
    assert best.spans == {}


@pytest.mark.proves("U.beside")
def test_what_is_said_now_outweighs_what_was_said_before() -> None:
    assert asked_after_forecast("book a hotel room in Ulm").arguments == {"city": "Ulm"}


@pytest.mark.proves("U.beside")
def test_nothing_is_carried_over_from_another_server() -> None:
    assert asked_after_forecast("book a hotel room", server="elsewhere").arguments == {}


BLINDS = Interpreter(catalog_of(
    tool("log_mileage", "Log the mileage of the car", {"kilometres": {"type": "integer", "description": "kilometres"}},
         ("kilometres",)),
    tool("move_blind", "Open or close the blind", {
        "percent": {"type": "integer", "minimum": 0, "maximum": 100, "description": "how far open, in percent"}},
         ("percent",)),
))  # fmt: skip


@pytest.mark.proves("U.beside")
@pytest.mark.parametrize(
    ("text", "tool_name", "arguments"),
    [
        ("I drove ninety kilometres, log the mileage", "log_mileage", {"kilometres": 90}),
        ("it was 120 kilometres, please log the mileage", "log_mileage", {"kilometres": 120}),
        ("the blind is at 50 percent, close the blind", "move_blind", {"percent": 0}),
        ("the blind is open, close the blind", "move_blind", {"percent": 0}),
    ],
)
def test_a_statement_gives_the_request_behind_it_what_it_needs_and_changes_nothing_of_it(
    text: str, tool_name: str, arguments: Mapping[str, JSON]
) -> None:
    best = BLINDS.read([text], NOW).interpretations[0]
    assert (best.tool, best.arguments) == (f"made-up.{tool_name}", arguments)


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "text", ["the blind is open, wibble", "is the blind open, note it", "I closed the blind, thanks"]
)
def test_a_statement_before_words_that_ask_for_nothing_is_no_request(text: str) -> None:
    assert BLINDS.read([text], NOW).interpretations == ()
