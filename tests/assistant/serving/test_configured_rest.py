"""Configured servers over McQueen REST: what confirms a call, and how each outcome is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from assistant.serving.rest.rest_tools import RestTool
from assistant.serving.server import RunningTown
from assistant.serving.tool_client_host import call_key_of
from assistant.serving.tool_definitions import definition_of
from assistant.town.world import World
from client.catalog import Tool
from client.client_errors import RecordsError
from tests.assistant.serving.chain import AskingServer, Chain, RemoteRest, chain, logged_in
from tests.client.faulty_server import FaultyServer
from tests.client.harness import until

TABLE = {"restaurant_name": "Luigi's", "date": "2026-11-24", "time": "19:00", "party_size": 4}
YES: dict[str, Any] = dict.fromkeys(TABLE, True)
MESSAGE = {"contact": "Anna", "message": "hello"}


@pytest.fixture
async def served(tmp_path: Path, town: RunningTown) -> AsyncIterator[Chain]:
    async with chain(tmp_path, {"town": town.mcp_url}) as running:
        yield running


@pytest.fixture
async def remote(served: Chain) -> AsyncIterator[RemoteRest]:
    async with logged_in(served.running) as program:
        yield program


@pytest.mark.proves("G.rest")
async def test_tools_are_listed_in_the_rest_shape(remote: RemoteRest) -> None:
    tools = await remote.tools()
    assert tools["book_restaurant_public"]["voice_confirmations"] == list(TABLE)
    size = next(p for p in tools["book_restaurant_public"]["parameters"] if p["name"] == "party_size")
    assert (size["type"], size["required"]) == ("number", True)
    assert "email_personal" not in tools
    weather = (await remote.execute("get_weather", {"location": "Mannheim"})).json()
    assert weather["success"] is True
    assert weather["data"]["units"] == "metric"
    assert weather["metadata"]["service"] == "town"


@pytest.mark.proves("P1.consent", "G.rest")
@pytest.mark.parametrize(
    ("confirmations", "asked_again"),
    [
        ({}, list(TABLE)),
        ({**YES, "time": False}, ["time"]),
        ({**YES, "party_size": 5}, ["party_size"]),
        ({**YES, "date": "yes"}, ["date"]),
        ({**YES, "restaurant_name": "Bella Roma"}, ["restaurant_name"]),
        ({"book_restaurant_public": True}, list(TABLE)),
        (dict(TABLE), []),
        (YES, []),
        ({"restaurant_name": " luigis ", "date": True, "time": "19:00:00", "party_size": "4"}, []),
    ],
)
async def test_a_call_runs_only_where_every_listed_value_is_confirmed(
    remote: RemoteRest, world: World, confirmations: dict[str, Any], asked_again: list[str]
) -> None:
    response = await remote.execute("book_restaurant_public", TABLE, **confirmations)
    assert response.status_code == 200
    body = response.json()
    assert body["success"] is not bool(asked_again)
    assert body["metadata"].get("requires_confirmation", []) == asked_again
    assert len(world.executed) == (0 if asked_again else 1)
    if asked_again:
        assert "Luigi's" in body["metadata"]["read_back"]


@pytest.mark.proves("P2.key")
async def test_a_repeat_with_the_same_key_is_recognised_for_each_user(
    served: Chain, remote: RemoteRest, world: World
) -> None:
    said: dict[str, Any] = dict.fromkeys(MESSAGE, True)
    first = await remote.execute("send_message", MESSAGE, key="key-of-mine", **said)
    again = await remote.execute("send_message", MESSAGE, key="key-of-mine")
    assert again.json()["data"] == first.json()["data"]
    other = await remote.execute("send_message", {**MESSAGE, "message": "bye"}, key="key-of-mine", **said)
    assert other.json()["success"] is False
    assert other.json()["details"]["code"] == "key_reused"
    assert len(world.executed) == 1
    inside = await remote.execute("send_message", {**MESSAGE, "idempotency_key": "key-of-mine"})
    assert inside.json()["data"] == first.json()["data"]
    async with logged_in(served.running, "passenger") as passenger:
        assert (await passenger.execute("send_message", MESSAGE, key="key-of-mine")).json()["success"] is False
        assert (await passenger.execute("send_message", MESSAGE, key="key-of-mine", **said)).json()["success"] is True
    assert len(world.executed) == 2
    assert not any("driver" in key or "passenger" in key for key in world.answered)


async def test_what_breaks_the_definition_is_refused_with_all_reasons(remote: RemoteRest, world: World) -> None:
    wrong = await remote.execute("book_restaurant_public", {"restaurant_name": "Luigi's", "party_size": 0}, **YES)
    assert wrong.status_code == 400
    assert wrong.json()["metadata"]["parameters"] == ["date", "time", "party_size"]
    assert (await remote.execute("fly", {})).status_code == 404
    refused = await remote.execute("get_weather", {"location": "Spexer"})
    assert (refused.status_code, refused.json()["success"]) == (200, False)
    assert "Speyer" in refused.json()["error"]
    assert not world.executed


@pytest.mark.proves("P2.unknown")
async def test_without_a_list_every_argument_is_confirmed_and_a_lost_answer_is_said_to_be_one(tmp_path: Path) -> None:
    async with (
        FaultyServer() as bank,
        chain(tmp_path, {"bank": bank.url}) as served,
        logged_in(served.running) as remote,
    ):
        assert (await remote.tools())["pay"]["voice_confirmations"] == ["amount"]
        asked = await remote.execute("pay", {"amount": 5})
        assert asked.json()["metadata"]["requires_confirmation"] == ["amount"]
        assert not bank.executed
        bank.faults.append("reset_after")
        for confirmed in (5, True):
            lost = await remote.execute("pay", {"amount": 5}, key="k", amount=confirmed)
            assert (lost.status_code, lost.json()["success"]) == (500, False)
            assert "may have happened" in lost.json()["error"]
            assert lost.json()["metadata"]["outcome"] == "unknown"
        assert bank.executed == [{"amount": 5}]


@pytest.mark.proves("P3.deferred")
async def test_a_confirmed_call_that_must_wait_is_a_success_that_says_so(
    remote: RemoteRest, town: RunningTown, world: World
) -> None:
    await town.stop()
    response = await remote.execute("send_message", MESSAGE, **MESSAGE)
    body = response.json()
    assert (response.status_code, body["success"], body["metadata"]["outcome"]) == (200, True, "deferred")
    assert "no network" in body["data"]["summary"]
    table = (await remote.execute("book_restaurant_public", TABLE, **YES)).json()
    assert (table["success"], table["metadata"]["outcome"]) == (False, "failed")
    await town.start_again()
    await until(lambda: len(world.executed) == 1)


@pytest.mark.usefixtures("handshake_era")
async def test_what_a_server_asks_in_the_middle_of_a_call_is_asked_by_name(tmp_path: Path) -> None:
    async with (
        AskingServer() as inn,
        chain(tmp_path, {"inn": inn.url}) as served,
        logged_in(served.running) as remote,
    ):
        asked = (await remote.execute("reserve", {"name": "Anna"}, key="k", name=True)).json()
        assert "For how many?" in asked["error"]
        assert asked["metadata"]["requires_confirmation"] == ["size"]
        assert not inn.sent
        done = (await remote.execute("reserve", {"name": "Anna"}, key="k", name=True, size=4)).json()
        assert done["success"] is True
        assert inn.sent == ["Anna 4"]
        # A tool without arguments is confirmed by its own name.
        alone = (await remote.execute("stop_everything", {})).json()
        assert alone["metadata"]["requires_confirmation"] == ["stop_everything"]
        assert (await remote.execute("stop_everything", {}, stop_everything=True)).json()["success"] is True
        assert inn.sent == ["Anna 4", "stopped"]


async def test_a_server_that_went_away_or_asks_for_odd_parameters_breaks_nothing(tmp_path: Path) -> None:
    odd = {
        "name": "pay_oddly",
        "description": "Pay somebody.",
        "inputSchema": {
            "type": "object",
            "properties": {"any": True, "none": False, "amount": {"type": ["integer", "null"]}, "to": {"$ref": "#/x"}},
        },
    }
    async with (
        FaultyServer(tools=[odd]) as bank,
        chain(tmp_path, {"a/b": bank.url, "c": bank.url}) as served,
        logged_in(served.running) as remote,
    ):
        listed = (await remote.tools())["a/b.pay_oddly"]
        assert [part["type"] for part in listed["parameters"] if part["name"] == "amount"] == ["number"]
        broken = await remote.execute("a/b.pay_oddly", {"to": 1}, to=True)
        assert (broken.status_code, broken.json()["success"]) == (400, False)
        fine = await remote.execute("a/b.pay_oddly", {"amount": 1, "any": "x"}, amount=1, any=True)
        assert fine.json()["success"] is True
        assert bank.executed == [{"amount": 1, "any": "x"}]


def test_a_key_that_no_header_can_carry_becomes_one_that_it_can() -> None:
    assert call_key_of("mine") == "mine"
    for odd in ("ü", "a\r\nX: 1", " a", "x" * 1000):
        key = call_key_of(odd)
        assert key == call_key_of(odd) != odd
        assert len(key) == 36
    assert call_key_of("mine", "anna") == call_key_of("mine", "anna") != call_key_of("mine", "ben")
    assert call_key_of(None) != call_key_of(None)


def test_a_sensitive_tool_without_a_list_is_listed_with_all_its_parameters() -> None:
    schema: Any = {"properties": {"amount": {"type": "integer"}, "idempotency_key": {"type": "string"}}}
    tool = Tool("bank", "pay", input_schema=schema, output_schema={"type": "object", "$defs": {"a": {"$ref": "#/b"}}})
    entry = definition_of(tool, "pay", sensitive=True, deferrable=True)
    assert entry["inputSchema"]["type"] == "object"
    assert "outputSchema" not in entry
    assert RestTool(entry).meta["mcqueen/voice_confirmations"] == ["amount"]


@pytest.mark.proves("P2.key")
async def test_a_store_that_fails_after_a_call_was_made_never_says_that_nothing_was_done(
    remote: RemoteRest, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise RecordsError("the disk is full")

    monkeypatch.setattr("assistant.serving.state.users.MemoryUsers.count", full)
    monkeypatch.setattr("assistant.serving.state.sql_users.SqlUsers.count", full)
    response = await remote.execute("book_restaurant_public", TABLE, **YES)
    assert len(world.executed) == 1
    assert (response.status_code, response.json()["success"]) == (200, True)
    assert "othing was done" not in response.text
