"""Configured servers over MCP: names, definitions, and nothing sensitive without an elicitation that was accepted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import mcp_types as types
import pytest
from mcp import Client, MCPError

from assistant.serving.server import RunningTown, serve_town
from assistant.town.town_tools import tool_definitions
from assistant.town.world import World
from tests.assistant.serving.chain import AskingServer, Chain, Person, call, chain, meta_of, text_of
from tests.client.faulty_server import FaultyServer
from tests.client.harness import until

Era = Literal["auto", "legacy"]
ERAS: list[Era] = ["auto", "legacy"]
TABLE = {"restaurant_name": "Luigi's", "date": "2026-11-24", "time": "19:00", "party_size": 4}
MESSAGE = {"contact": "Anna", "message": "hello"}


@pytest.fixture
async def served(tmp_path: Path, town: RunningTown) -> AsyncIterator[Chain]:
    async with chain(tmp_path, {"town": town.mcp_url}) as running:
        yield running


async def test_tools_are_listed_as_their_server_lists_them(served: Chain) -> None:
    async with Client(served.running.mcp_url) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(listed) == {definition["name"] for definition in tool_definitions()}
    for definition in tool_definitions():
        tool = listed[definition["name"]].model_dump(mode="json", by_alias=True, exclude_none=True)
        for key in ("title", "description", "inputSchema", "annotations"):
            assert tool[key] == definition[key]
        for key in ("examples", "voice_confirmations", "access_level", "service", "inverse"):
            expected = definition["_meta"].get(f"mcqueen/{key}")
            if expected:
                assert tool["_meta"][f"mcqueen/{key}"] == expected
    booking = next(d for d in tool_definitions() if d["name"] == "book_restaurant_public")
    assert listed["book_restaurant_public"].output_schema == booking["outputSchema"]


async def test_names_that_two_servers_share_are_kept_apart(tmp_path: Path, world: World, town: RunningTown) -> None:
    async with (
        serve_town(World(seed=2, now=world.now)) as other,
        FaultyServer() as bank,
        chain(tmp_path, {"here": town.mcp_url, "there": other.mcp_url, "bank": bank.url}) as served,
        Client(served.running.mcp_url, elicitation_callback=Person()) as client,
    ):
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert {"here.send_message", "there.send_message", "pay"} <= names
        assert "send_message" not in names
        assert not (await call(client, "there.send_message", MESSAGE)).is_error
        assert (len(world.executed), len(other.world.executed)) == (0, 1)
        with pytest.raises(MCPError, match="no tool called send_message"):
            await call(client, "send_message", MESSAGE)


@pytest.mark.parametrize("era", ERAS)
async def test_what_only_reads_is_answered_at_once(served: Chain, era: Era) -> None:
    async with Client(served.running.mcp_url, mode=era) as client:
        result = await call(client, "get_weather", {"location": "Mannheim"})
        assert result.structured_content["location"] == "Mannheim"
        assert text_of(result) == result.structured_content["summary"]


@pytest.mark.proves("P1.consent")
@pytest.mark.parametrize("era", ERAS)
async def test_an_accepted_form_that_names_every_argument_lets_a_sensitive_call_happen_once(
    served: Chain, world: World, era: Era
) -> None:
    person = Person()
    async with Client(served.running.mcp_url, mode=era, elicitation_callback=person) as client:
        result = await call(client, "book_restaurant_public", TABLE)
    assert not result.is_error
    assert result.structured_content["status"] == "confirmed"
    assert [name for name, _ in world.executed] == ["book_restaurant_public"]
    (form,) = person.asked
    assert "?" in form.message
    for name, value in TABLE.items():
        assert f"{name} = " in form.message
        assert str(value) in form.message
    assert form.requested_schema["properties"] == {}
    spent = [row.detail for row in await served.tools.recent() if row.kind == "consent_spent"]
    assert [detail["source"] for detail in spent] == ["remote"]


@pytest.mark.proves("P1.no")
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_form_that_is_not_accepted_changes_nothing(served: Chain, world: World, era: Era, action: str) -> None:
    async with Client(served.running.mcp_url, mode=era, elicitation_callback=Person(action)) as client:
        result = await call(client, "book_restaurant_public", TABLE)
    assert result.is_error
    assert "not confirmed" in text_of(result)
    assert not world.executed


@pytest.mark.proves("P1.consent")
@pytest.mark.parametrize("era", ERAS)
async def test_a_client_that_cannot_be_asked_is_told_that_a_confirmation_is_needed(
    served: Chain, world: World, era: Era
) -> None:
    async with Client(served.running.mcp_url, mode=era) as client:
        result = await call(client, "book_restaurant_public", TABLE)
        said_yes = await call(client, "send_message", {**MESSAGE, "idempotency_key": "a-key-of-mine"}, "two")
    for refused in (result, said_yes):
        assert refused.is_error
        assert "needs a confirmation" in text_of(refused)
        assert "Nothing was done" in text_of(refused)
        assert meta_of(refused)["mcqueen/error"]["code"] == "consent_missing"
    assert not world.executed


async def test_nobody_is_asked_about_arguments_that_do_not_fit(served: Chain, world: World) -> None:
    person = Person()
    async with Client(served.running.mcp_url, elicitation_callback=person) as client:
        result = await call(client, "book_restaurant_public", {"restaurant_name": "Luigi's", "party_size": 0})
        assert result.is_error
        for words in ("date is missing", "time is missing", "party_size must be at least 1"):
            assert words in text_of(result)
        assert set(meta_of(result)["mcqueen/error"]["names"]) == {"date", "time", "party_size"}
        with pytest.raises(MCPError, match="no tool called fly"):
            await call(client, "fly", {})
    assert not person.asked
    assert not world.executed


@pytest.mark.proves("P2.key")
@pytest.mark.parametrize("era", ERAS)
async def test_a_repeat_with_the_same_key_gets_the_same_answer_and_is_not_asked_about_again(
    served: Chain, world: World, era: Era
) -> None:
    person = Person()
    async with Client(served.running.mcp_url, mode=era, elicitation_callback=person) as client:
        first = await call(client, "send_message", MESSAGE, "key-of-mine")
        again = await call(client, "send_message", MESSAGE, "key-of-mine")
        other = await call(client, "send_message", {**MESSAGE, "message": "bye"}, "key-of-mine")
    assert again.structured_content == first.structured_content
    assert other.is_error
    assert "another call" in text_of(other)
    assert len(world.executed) == 1
    assert set(world.answered) == {"key-of-mine"}


async def test_an_answer_counts_once_and_only_for_the_call_that_was_asked_about(served: Chain, world: World) -> None:
    async with Client(served.running.mcp_url, elicitation_callback=Person()) as client:

        async def send(arguments: dict[str, Any], **more: Any) -> Any:
            return await client.session.call_tool("send_message", arguments, allow_input_required=True, **more)

        yes: Any = {"mcqueen": types.ElicitResult(action="accept", content={})}
        asked = await send(MESSAGE)
        assert isinstance(asked, types.InputRequiredResult)
        # A yes without a question, to a question of one's own making, or for other words is none.
        for arguments, state in [
            (MESSAGE, None),
            ({**MESSAGE, "message": "bye"}, asked.request_state),
            ({**MESSAGE, "contact": "Ben"}, asked.request_state),
        ]:
            again = await send(arguments, input_responses=yes, request_state=state)
            assert isinstance(again, types.InputRequiredResult)
            assert not world.executed
        for state in ("made-up", f"{asked.request_state}0", f"x{asked.request_state}", ""):
            with pytest.raises(MCPError, match="not given out here"):
                await send(MESSAGE, input_responses=yes, request_state=state)
        assert not world.executed
        done = await send(MESSAGE, input_responses=yes, request_state=asked.request_state)
        assert isinstance(done, types.CallToolResult)
        assert not done.is_error
        # The same answer sent again, as after a lost one, tells what became of it.
        repeated = await send(MESSAGE, input_responses=yes, request_state=asked.request_state)
        assert isinstance(repeated, types.CallToolResult)
        assert repeated.structured_content == done.structured_content
    assert len(world.executed) == 1


@pytest.mark.proves("P3.deferred")
@pytest.mark.parametrize("era", ERAS)
async def test_a_confirmed_call_that_must_wait_is_said_to_wait_and_delivered_later(
    served: Chain, town: RunningTown, world: World, era: Era
) -> None:
    async with Client(served.running.mcp_url, mode=era, elicitation_callback=Person()) as client:
        await client.list_tools()
        await town.stop()
        result = await call(client, "send_message", MESSAGE)
        assert not result.is_error
        assert result.structured_content["deferred"] is True
        assert "no network" in text_of(result)
        assert meta_of(result)["mcqueen/outcome"] == "deferred"
        table = await call(client, "book_restaurant_public", TABLE)
        assert table.is_error
        assert "Nothing was done" in text_of(table)
    await town.start_again()
    await until(lambda: len(world.executed) == 1)


@pytest.mark.proves("P2.unknown")
async def test_a_lost_answer_is_told_as_unknown_and_never_sent_again(tmp_path: Path) -> None:
    async with FaultyServer() as bank, chain(tmp_path, {"bank": bank.url}) as served:
        bank.faults.append("reset_after")
        async with Client(served.running.mcp_url, elicitation_callback=Person()) as client:
            result = await call(client, "pay", {"amount": 5}, "k")
            again = await call(client, "pay", {"amount": 5}, "k")
    for told in (result, again):
        assert told.is_error
        assert "may have happened" in text_of(told)
        assert meta_of(told)["mcqueen/outcome"] == "unknown"
    assert bank.executed == [{"amount": 5}]


@pytest.mark.usefixtures("handshake_era")
@pytest.mark.parametrize("era", ERAS)
async def test_what_a_server_asks_in_the_middle_of_a_call_is_asked_of_the_remote_client(
    tmp_path: Path, era: Era
) -> None:
    async with AskingServer() as inn, chain(tmp_path, {"inn": inn.url}) as served:
        person = Person(contents=[{}, {"size": 4}])
        async with Client(served.running.mcp_url, mode=era, elicitation_callback=person) as client:
            result = await call(client, "reserve", {"name": "Anna"})
        assert not result.is_error
        assert inn.sent == ["Anna 4"]
        assert [len(form.requested_schema["properties"]) for form in person.asked] == [0, 1]
        assert "For how many?" in person.asked[1].message


async def test_a_key_that_a_tool_would_refuse_is_handed_on_as_one_that_it_takes(served: Chain, world: World) -> None:
    async with Client(served.running.mcp_url, elicitation_callback=Person()) as client:
        first = await call(client, "send_message", MESSAGE, "short")
        again = await call(client, "send_message", MESSAGE, "short")
    assert again.structured_content == first.structured_content
    assert [name for name, _ in world.executed] == ["send_message"]


@pytest.mark.proves("P1.once")
async def test_a_yes_whose_call_could_not_be_sent_is_used_up(served: Chain, town: RunningTown, world: World) -> None:
    async with Client(served.running.mcp_url, elicitation_callback=Person()) as client:

        async def book(**more: Any) -> Any:
            return await client.session.call_tool("book_restaurant_public", TABLE, allow_input_required=True, **more)

        asked = await book()
        said: Any = {
            "input_responses": {"mcqueen": types.ElicitResult(action="accept", content={})},
            "request_state": asked.request_state,
        }
        await town.stop()
        assert (await book(**said)).is_error
        await town.start_again()
        await until(lambda: all(state.healthy for state in served.tools.server_states()))
        assert isinstance(await book(**said), types.InputRequiredResult)
    assert not world.executed
