"""What nobody knows by heart is looked up: a service is booked by phone number, plate and the name of a dealer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assistant.lookups import Lookups
from assistant.reader import Reader
from assistant.understanding.reading import Context
from client.call import CallError, Failed, Outcome, Sent, Succeeded, ToolCall
from client.catalog import Catalog
from client.servers.base import Answered
from client.servers.in_process import InProcessServer
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool
from tests.assistant.understanding.test_planning import garage

GOAL = "garage.book_service"


class Conversation:
    """The dialogue's part: keeps what is pending, asks for what is missing in order."""

    def __init__(self, server: InProcessServer) -> None:
        self.called: list[str] = []
        self._server = server
        self.reader = Reader(lookups=Lookups(self.call))
        self.arguments: Mapping[str, JSON] = {}
        self.asked = ""

    async def call(self, call: ToolCall) -> Outcome:
        self.called.append(call.tool)
        answer = await self._server.call(call, seconds=5, confirmed=False)
        return Succeeded(answer.result) if isinstance(answer, Answered) else Failed(CallError("no", "no", Sent.YES))

    async def say(self, text: str) -> str:
        """Return what is asked for next."""
        context = Context(now=1.795e9)
        if self.asked:
            context = Context(now=1.795e9, pending_tool=GOAL, pending_arguments=self.arguments, asked=self.asked)
        reading = await self.reader.improved(self.reader.read([text], context), context)
        found = reading.changes if self.asked else reading.interpretations[0].arguments
        self.arguments = {**self.arguments, **found}
        required = ("customer_id", "vehicle_id", "dealer_code", "service_type")
        self.asked = next((name for name in required if name not in self.arguments), "")
        return self.asked


@pytest.mark.proves("U.plans")
async def test_ids_are_looked_up_from_what_people_know() -> None:
    server = InProcessServer("garage", garage())
    await server.connect()
    try:
        talk = Conversation(server)
        await talk.reader.adopt(Catalog(tuple((await server.list_tools()).tools)))
        assert await talk.say("I need to book a service. My mobile is 9876543210") == "vehicle_id"
        assert await talk.say("My car is MH12AB1234") == "dealer_code"
        assert await talk.say("Arena Hinjewadi") == "service_type"
        assert await talk.say("regular service") == ""
    finally:
        await server.close()
    assert talk.arguments == {"customer_id": "C-17", "vehicle_id": "V-4", "dealer_code": "D-0",
                              "service_type": "regular service"}  # fmt: skip
    assert list(dict.fromkeys(talk.called)) == ["resolve_customer", "resolve_vehicle", "get_nearby_dealers"]


@pytest.mark.proves("U.plans")
async def test_no_tool_with_effects_is_called_and_a_failed_look_up_leaves_the_question() -> None:
    called: list[str] = []

    async def call(call: ToolCall) -> Outcome:
        called.append(call.tool)
        return Failed(CallError("tool_error", "There is no such plate.", Sent.YES))

    gives = {"type": "object", "properties": {"vehicle_id": {"type": "string"}}}
    plate = {"plate": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{3}$"}}
    catalog = catalog_of(
        tool("make_vehicle", "Make a vehicle", plate, ("plate",), outputSchema=gives),
        tool("find_vehicle", "Find a vehicle", plate, ("plate",), outputSchema=gives,
             annotations={"readOnlyHint": True}),
        tool("wash_vehicle", "Wash a vehicle", {"vehicle_id": {"type": "string"}}, ("vehicle_id",)),
    )  # fmt: skip
    reader = Reader(lookups=Lookups(call))
    await reader.adopt(catalog)
    now = Context(now=1.795e9)
    found = (await reader.improved(reader.read(["wash the vehicle with the plate AB123"], now), now)).interpretations[0]
    assert found.tool == "made-up.wash_vehicle"
    assert found.missing == ("vehicle_id",)
    assert set(called) <= {"find_vehicle"}
