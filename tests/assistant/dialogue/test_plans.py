"""A whole conversation with a server that nobody has written a line for: what it can look up is not asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from assistant.dialogue.context import context_of
from assistant.dialogue.events import Heard
from assistant.dialogue.turns import Mode
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Profile, Reading
from client.call import CallError, Failed, Sent, Succeeded, ToolCall
from client.catalog import Catalog, Tool
from client.servers.mcp.in_process import InProcessServer
from client.servers.tool_server import Answered
from client.values import JSON
from tests.assistant.dialogue.conversation import Conversation, wants
from tests.assistant.understanding.test_planning import garage


class GarageTalk(Conversation):
    """A conversation in words with a real server in this process."""

    def __init__(self, server: InProcessServer, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._server = server
        self._interpreter = Interpreter(catalog)
        self.told: list[str] = []

    async def say(self, text: str) -> str:
        """The driver says it; return what McQueen answers, all calls made on the way."""
        context = context_of(self.state, self.at, Profile())
        return await self.take(self._interpreter.read([text], context))

    async def take(self, reading: Reading) -> str:
        """The driver says what that means."""
        self.send(Heard(0, reading))
        for _ in range(5):
            if self.mode is not Mode.CALLING:
                break
            assert self.state.memory.past is not None
            made = self.state.memory.past.call
            answer = await self._server.call(made, seconds=5.0, confirmed=bool(self.calls[-1].consent))
            self.end_call(
                Succeeded(answer.result)
                if isinstance(answer, Answered)
                else Failed(
                    CallError("tool_error", f"Nothing is known of {next(iter(made.arguments.values()))}.", Sent.YES)
                )
            )
        self.played()
        self.told.append(self.said)
        return self.said

    @property
    def called(self) -> list[ToolCall]:
        return [effect.call for effect in self.calls]


@pytest.fixture
async def talk() -> AsyncIterator[GarageTalk]:
    server = InProcessServer("garage", garage())
    await server.connect()
    yield GarageTalk(server, Catalog(tuple((await server.list_tools()).tools)))
    await server.close()


@pytest.mark.proves("D.plans")
async def test_a_service_is_booked_from_mobile_registration_and_a_choice(talk: GarageTalk) -> None:
    assert "Rahul Sharma" in await talk.say("I need to book a service. My mobile is 9876543210")
    assert talk.said.endswith("Which registration?")
    assert "Swift" in await talk.say("my car is MH12AB1234")
    assert talk.said.endswith("Which service type?")
    choice = await talk.say("regular service")
    assert choice.endswith("Which do you mean: Arena Hinjewadi, Arena Baner or Arena Wakad?")
    read_back = await talk.say("the first one")
    assert talk.mode is Mode.CONFIRMING
    assert "customer Rahul Sharma" in read_back
    assert "dealer Arena Hinjewadi" in read_back
    assert [call.tool for call in talk.called] == ["resolve_customer", "resolve_vehicle", "get_nearby_dealers"]
    assert dict(talk.called[2].arguments) == {"city": "Pune", "service_type": "regular service"}, "the city was known"
    await talk.say("yes")
    assert talk.called[3].tool == "book_service"
    assert dict(talk.called[3].arguments) == {
        "customer_id": "C-17", "vehicle_id": "V-4", "dealer_code": "D-0", "service_type": "regular service",
    }  # fmt: skip


@pytest.mark.proves("D.plans")
async def test_one_of_several_found_is_chosen_by_name_and_never_made_up(talk: GarageTalk) -> None:
    await talk.say("book a service. My mobile is 9876543210")
    await talk.say("MH12AB1234")
    await talk.say("regular service")
    await talk.say("Arena Nowhere")
    assert talk.read_backs == []
    await talk.say("Arena Baner")
    assert len(talk.read_backs) == 1
    assert talk.state.request is not None
    assert talk.state.request.arguments["dealer_code"] == "D-1"


@pytest.mark.proves("D.plans")
async def test_what_a_server_does_not_know_is_asked_again_with_its_reason_and_then_left(talk: GarageTalk) -> None:
    await talk.say("book a service. My mobile is 9000000000")
    assert talk.said == "Nothing is known of 9000000000. Which mobile?"
    await talk.say("9000000001")
    assert talk.said == "Nothing is known of 9000000001. Which mobile?"
    await talk.say("9000000002")
    assert talk.said == "Nothing is known of 9000000002."
    assert talk.mode is Mode.LISTENING
    assert [call.tool for call in talk.called] == ["resolve_customer"] * 3


@pytest.mark.proves("D.plans")
async def test_a_goal_that_was_put_aside_keeps_what_is_known(talk: GarageTalk) -> None:
    await talk.say("book a service. My mobile is 9876543210")
    dealers = talk.state.catalog.find("garage.get_nearby_dealers")
    assert dealers is not None
    await talk.take(wants(dealers, {"city": "Pune", "service_type": "regular service"}))
    assert talk.called[-1].tool == "get_nearby_dealers"
    assert talk.said.endswith("Shall I go on?")
    assert (await talk.say("no")).endswith("Which registration?")  # what was put aside comes again
    await talk.say("MH12AB1234")
    assert [call.tool for call in talk.called] == ["resolve_customer", "get_nearby_dealers", "resolve_vehicle"]
    assert "Which do you mean: Arena Hinjewadi" in await talk.say("regular service")


@pytest.mark.proves("D.plans", "P1.consent")
async def test_never_mind_in_the_middle_of_a_plan_drops_the_goal(talk: GarageTalk) -> None:
    await talk.say("book a service. My mobile is 9876543210")
    await talk.say("never mind")
    assert talk.state.request is None
    assert "book_service" not in [call.tool for call in talk.called]


class _Diary:
    """A server whose answers are JSON inside text, as SDKs before structured content sent them."""

    def __init__(self, *entries: dict[str, JSON]) -> None:
        self.listed: JSON = {"result": json.dumps({"entries": entries, "count": len(entries)})}

    async def call(self, made: ToolCall, *, seconds: float, confirmed: bool) -> Answered:
        return Answered(self.listed if made.tool == "get_entries" else {"result": '{"deleted": true}'})


_DIARY = Catalog(
    (
        Tool("diary", "get_entries", "Get the entries of the diary.", "", {"type": "object", "properties": {}}),
        Tool(
            "diary",
            "delete_entry",
            "Delete an entry.",
            "",
            {"type": "object", "properties": {"entry_id": {"type": "string"}}, "required": ["entry_id"]},
        ),
    )
)


@pytest.mark.parametrize("field", ["title", "text", "category"])
async def test_the_only_thing_listed_is_meant_and_read_back_by_its_name(field: str) -> None:
    talk = GarageTalk(_Diary({"id": "e3f51b74", field: "Parking"}), _DIARY)  # type: ignore[arg-type]  # only calls
    await talk.say("get the entries")
    read_back = await talk.say("delete that entry")
    assert "Parking" in read_back
    assert talk.mode is Mode.CONFIRMING
    await talk.say("yes")
    assert talk.called[-1].arguments == {"entry_id": "e3f51b74"}


async def test_of_several_things_listed_one_is_chosen_by_name() -> None:
    things = ({"id": "e3f51b74", "title": "Parking"}, {"id": "0a9cc2d1", "title": "Shopping"})
    talk = GarageTalk(_Diary(*things), _DIARY)  # type: ignore[arg-type]  # only calls
    await talk.say("get the entries")
    assert "Parking or Shopping" in await talk.say("delete that entry")
