"""The service desk: from a mobile number to a booking, over the protocol, kept on disk, with errors that help."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from assistant.hosting.host import Done, Refused
from assistant.hosting.mcp_over_host import mcp_server
from assistant.serving.server import serve_tools
from assistant.town.service_booking.desk import ServiceDesk
from assistant.town.service_booking.desk_records import ServiceRecords
from tests.assistant.town.clock import SetClock

TOOLS = {
    "resolve_customer", "resolve_vehicle", "get_nearby_dealers", "get_service_slots", "book_service", "cancel_service",
    "get_service_status",
}  # fmt: skip


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def desk(tmp_path: Path, clock: SetClock) -> AsyncIterator[ServiceDesk]:
    records = await ServiceRecords.open(tmp_path / "service.sqlite")
    yield ServiceDesk(records, clock)
    await records.close()


async def done(desk: ServiceDesk, tool: str, *, key: str | None = None, **arguments: Any) -> dict[str, Any]:
    answer = await desk.call(tool, arguments, idempotency_key=key)
    assert isinstance(answer, Done), answer
    return dict(answer.result)


async def refused(desk: ServiceDesk, tool: str, *, key: str | None = None, **arguments: Any) -> Refused:
    answer = await desk.call(tool, arguments, idempotency_key=key)
    assert isinstance(answer, Refused), answer
    return answer


async def wish(desk: ServiceDesk, clock: SetClock) -> dict[str, Any]:
    """A booking that can be made: the first free time tomorrow at the nearest dealer's."""
    day = (clock() + timedelta(days=1)).date().isoformat()
    times = (await done(desk, "get_service_slots", dealer_name="Arena Hinjewadi", date=day))["times"]
    known = {"registration": "MH12AB1234", "dealer_name": "Arena Hinjewadi", "service_type": "regular"}
    return {**known, "date": day, "time": times[0]}


@pytest.mark.proves("G.service-booking")
async def test_the_flow_of_the_contract_over_the_protocol(desk: ServiceDesk, clock: SetClock) -> None:
    async with Client(mcp_server(desk)) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS

        async def call(tool: str, **arguments: Any) -> dict[str, Any]:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result
            return dict(result.structured_content or {})

        customer = await call("resolve_customer", mobile="9876543210")
        assert (customer["name"], customer["city"]) == ("Rahul Sharma", "Pune")
        vehicle = await call("resolve_vehicle", registration="MH12AB1234")
        assert (vehicle["year"], vehicle["model"], vehicle["variant"]) == (2023, "Swift", "ZXI+")
        assert vehicle["due_for_service"] is True
        dealers = (await call("get_nearby_dealers", city=customer["city"], service_type="regular"))["dealers"]
        assert len(dealers) == 4
        assert (dealers[0]["name"], dealers[0]["distance_km"]) == ("Arena Hinjewadi", 3)
        day = (clock() + timedelta(days=1)).date().isoformat()
        times = (await call("get_service_slots", dealer_name=dealers[0]["name"], date=day))["times"]
        known = {"registration": vehicle["registration"]}
        place = {"dealer_name": dealers[0]["name"], "service_type": "regular", "date": day, "time": times[0]}
        booking = await call("book_service", **known, **place)
        assert (booking["booking_id"], booking["status"]) == ("S-5001", "confirmed")
        assert booking["customer_id"] == customer["customer_id"]
        assert booking["summary"].startswith("Your Swift's regular service at Arena Hinjewadi tomorrow at ")


@pytest.mark.proves("G.service-booking")
async def test_a_booking_outlives_the_process_and_its_key_makes_no_second_one(tmp_path: Path) -> None:
    script = Path(sys.executable)
    options = ["-m", "assistant.town.service_booking", "--data", str(tmp_path / "service.sqlite")]

    async def call(tool: str, key: str | None = None, **arguments: Any) -> dict[str, Any]:
        parameters = StdioServerParameters(command=str(script), args=options)
        async with Client(stdio_client(parameters)) as client:
            meta: Any = {"mcqueen/idempotency-key": key} if key else None
            result = await client.call_tool(tool, arguments, meta=meta)
            assert not result.is_error, result
            return dict(result.structured_content or {})

    from assistant.town.__main__ import local_now

    days = [local_now().date() + timedelta(days=ahead) for ahead in (1, 2)]
    day = next(day for day in days if day.weekday() != 6).isoformat()
    times = (await call("get_service_slots", dealer_name="Arena Hinjewadi", date=day))["times"]
    known = {"registration": "MH12AB1234", "dealer_name": "Arena Hinjewadi", "service_type": "regular"}
    first = await call("book_service", "key-of-this-booking", **known, date=day, time=times[0])
    again = await call("book_service", "key-of-this-booking", **known, date=day, time=times[0])
    assert first["booking_id"] == again["booking_id"]
    assert len((await call("get_service_status", registration="MH 12 AB 1234"))["bookings"]) == 1


@pytest.mark.proves("G.service-booking")
async def test_the_same_desk_over_http_keeps_what_was_booked_over_a_restart(desk: ServiceDesk, clock: SetClock) -> None:
    wanted = await wish(desk, clock)
    async with serve_tools(desk, lambda: clock().timestamp()) as running:
        async with Client(running.mcp_url) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            booked = await client.call_tool("book_service", wanted)
            refused_ = await client.call_tool("resolve_vehicle", {"registration": "MH12ZZ9999"})
        await running.stop()
        await running.start_again()
        async with Client(running.mcp_url) as client:
            found = await client.call_tool("get_service_status", {"registration": "MH12AB1234"})
    assert not booked.is_error
    assert refused_.is_error
    assert refused_.content[0].model_dump()["text"] == "There is no vehicle MH12ZZ9999; say it again, letter by letter."
    assert found.structured_content["bookings"][0]["booking_id"] == booked.structured_content["booking_id"]


@pytest.mark.proves("G.service-booking")
async def test_one_place_is_given_once_however_many_ask_together(desk: ServiceDesk, clock: SetClock) -> None:
    arguments = await wish(desk, clock)
    answers = await asyncio.gather(*(desk.call("book_service", arguments) for _ in range(8)))
    assert sum(isinstance(answer, Done) for answer in answers) == 1


async def test_a_taken_time_is_refused_with_those_that_are_free(desk: ServiceDesk, clock: SetClock) -> None:
    arguments = await wish(desk, clock)
    await done(desk, "book_service", **arguments)
    answer = await refused(desk, "book_service", **arguments | {"registration": "KA05EF9012"})
    assert answer.names == ("time",)
    assert answer.alternatives
    assert answer.message.endswith(("is free.", "are free."))


async def test_what_was_cancelled_is_free_again_and_cancelling_twice_changes_nothing(
    desk: ServiceDesk, clock: SetClock
) -> None:
    arguments = await wish(desk, clock)
    booking = await done(desk, "book_service", **arguments)
    for _ in range(2):
        assert (await done(desk, "cancel_service", booking_id=booking["booking_id"]))["status"] == "cancelled"
    assert (await done(desk, "book_service", **arguments))["booking_id"] == "S-5002"


@pytest.mark.parametrize(
    ("tool", "arguments", "name", "words"),
    [
        ("resolve_customer", {"mobile": "9000000000"}, "mobile", "digit by digit"),
        ("resolve_customer", {"mobile": "12345"}, "mobile", "ten digits"),
        ("resolve_vehicle", {"registration": "MH12ZZ9999"}, "registration", "letter by letter"),
        ("get_nearby_dealers", {"city": "Pun", "service_type": "regular"}, "city", "Pune"),
        ("get_nearby_dealers", {"city": "Mumbai", "service_type": "tyres"}, "service_type", "regular"),
        ("get_service_slots", {"dealer_name": "xyzzy", "date": "2026-11-24"}, "dealer_name", "find dealers"),
        ("get_service_slots", {"dealer_name": "Arena Hinjewadi", "date": "2020-01-01"}, "date", "another day"),
        ("cancel_service", {"booking_id": "S-9999"}, "booking_id", "S-9999"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_parameter_and_the_cure(
    desk: ServiceDesk, tool: str, arguments: dict[str, Any], name: str, words: str
) -> None:
    answer = await refused(desk, tool, **arguments)
    assert name in answer.names
    assert words in answer.message


@pytest.mark.parametrize("said", ["S-5001", "s 5001", "5001"])
async def test_the_number_of_a_booking_is_taken_as_it_is_said(desk: ServiceDesk, clock: SetClock, said: str) -> None:
    await done(desk, "book_service", **(await wish(desk, clock)))
    assert (await done(desk, "cancel_service", booking_id=said))["status"] == "cancelled"


async def test_a_vehicle_of_another_customer_is_not_booked_for_this_one(desk: ServiceDesk, clock: SetClock) -> None:
    wanted = await wish(desk, clock)
    answer = await refused(desk, "book_service", **wanted | {"mobile": "9812345678"})
    assert answer.names == ("mobile", "registration")
    assert (await done(desk, "book_service", **wanted | {"mobile": "+91 98765 43210"}))["customer_id"] == "C-1001"


async def test_a_booking_belongs_to_the_owner_of_the_vehicle(desk: ServiceDesk, clock: SetClock) -> None:
    booking = await done(desk, "book_service", **(await wish(desk, clock)) | {"registration": "MH01CD5678"})
    assert booking["customer_id"] == "C-1002"


async def test_a_key_for_another_booking_is_refused(desk: ServiceDesk, clock: SetClock) -> None:
    arguments = await wish(desk, clock)
    await done(desk, "book_service", key="one key", **arguments)
    answer = await refused(desk, "book_service", key="one key", **arguments | {"service_type": "repair"})
    assert answer.names == ("idempotency_key",)


async def test_numbers_may_be_spaced_as_people_say_them(desk: ServiceDesk) -> None:
    assert (await done(desk, "resolve_customer", mobile="+91 98765 43210"))["name"] == "Rahul Sharma"
    assert (await done(desk, "resolve_vehicle", registration="mh 12 ab 1234"))["model"] == "Swift"
