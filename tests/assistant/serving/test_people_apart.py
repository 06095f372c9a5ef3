"""Users of the town never see each other's rows: every answer to one is searched for the marks of all others.

The marks are random words that the test makes; nothing of the code under test decides what belongs to whom.
"""

from __future__ import annotations

import os
import random
import re
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.town.town_host import MOST_USERS, TownHost
from assistant.town.world import World
from tests.assistant.serving.conftest import Rest

SERVICES = ("gmail", "google_calendar", "documents", "social", "bank")
USERS = int(os.environ.get("PEOPLE", "15"))
"""Users of the test. `PEOPLE=50` makes 1,000 calls."""
ROUNDS = 10
MARK = re.compile(r"zq[a-p]{12}")
"""A word that stands in nothing but what a test user wrote."""


def _mark(dice: random.Random) -> str:
    return "zq" + "".join(dice.choice("abcdefghijklmnop") for _ in range(12))


def _calls(mark: str) -> list[tuple[str, dict[str, Any]]]:
    """Return calls of one user in their order: each thing is written with the user's mark, and then looked for."""
    day = "2026-11-24"
    return [
        ("write_note", {"text": f"Remember {mark}"}),
        ("send_message", {"contact": "Anna", "message": f"Hello {mark}"}),
        ("email_personal", {"action": "send", "to": ["anna@example.com"], "subject": f"About {mark}", "body": mark}),
        ("calendar_personal", {"action": "create_event", "start_date": day, "event_title": f"Meet {mark}"}),
        ("post_update", {"message": f"News {mark}", "network": "mastodon"}),
        ("transfer_money", {"recipient": "Anna", "amount": 20}),
        ("find_documents", {"query": "Remember"}),
        ("read_messages", {"contact": "Anna"}),
        ("calendar_personal", {"action": "get_events", "start_date": day}),
        ("email_personal", {"action": "search", "subject": "About"}),
    ]


async def _over_mcp(town: RunningTown, user_id: str, tool: str, arguments: dict[str, Any]) -> str:
    headers = {"Authorization": f"Bearer {town.login_token(user_id)}"}
    async with (
        httpx2.AsyncClient(trust_env=False, headers=headers, verify=False) as http,
        Client(streamable_http_client(town.mcp_url, http_client=http)) as client,
    ):
        return (await client.call_tool(tool, arguments)).model_dump_json()


async def _over_rest(rest: Rest, tool: str, arguments: dict[str, Any]) -> str:
    return (await rest.execute(tool, arguments, voice_confirmations=dict.fromkeys(arguments, True))).text


@pytest.mark.proves("G.people-apart")
async def test_users_over_two_faces_never_see_a_row_of_another(world: World) -> None:
    dice = random.Random(20)
    marks = {f"user {number}": _mark(dice) for number in range(USERS)}
    settings = RestSettings(rate_max=100_000)
    answers: list[tuple[str, str]] = []
    untouched = world.snapshot()
    async with (
        serve_town(world, mcp_login=True, settings=settings) as town,
        httpx.AsyncClient(base_url=town.rest_url, trust_env=False) as http,
    ):
        clients = {user: Rest(http, town, user) for user in marks}
        for user, client in clients.items():
            await client.log_in()
            await town.users.link_all(user, SERVICES)
        waiting = {user: [call for call in _calls(mark) for _ in range(2)] for user, mark in marks.items()}
        done = 0
        while any(waiting.values()):
            user = dice.choice([name for name, calls in waiting.items() if calls])
            tool, arguments = waiting[user].pop(0)
            if len(waiting[user]) % 2:
                answers.append((user, await _over_rest(clients[user], tool, arguments)))
            else:
                answers.append((user, await _over_mcp(town, user, tool, arguments)))
            done += 1
        usage = {user: (await client.get("/usage")).json()["total"] for user, client in clients.items()}
    assert done == USERS * 2 * ROUNDS
    owners = {mark: user for user, mark in marks.items()}
    foreign = [(user, word) for user, text in answers for word in MARK.findall(text) if owners[word] != user]
    assert foreign == []
    # The search can fail: each user's own marks are in what was read back over both faces.
    for user, mark in marks.items():
        assert sum(mark in text for who, text in answers if who == user) >= 14
    assert world.snapshot() == untouched
    assert set(usage.values()) == {2 * ROUNDS}


@pytest.mark.proves("G.people-apart")
async def test_two_users_have_an_account_and_fifty_searches_each(town: RunningTown, http: httpx.AsyncClient) -> None:
    ann, tom = Rest(http, town, "ann"), Rest(http, town, "tom")
    for user in (ann, tom):
        await user.log_in()
        await town.users.link_all(user.user_id, SERVICES)
    yes = {"recipient": True, "amount": True}
    before = (await tom.execute("get_balance", {})).json()["data"]
    assert (await ann.execute("transfer_money", {"recipient": "Anna", "amount": 20}, voice_confirmations=yes)).json()[
        "success"
    ]
    assert (await tom.execute("get_balance", {})).json()["data"] == before
    assert (await ann.execute("get_balance", {})).json()["data"] != before
    found = [(await ann.execute("web_search", {"query": "Heidelberg"})).json()["success"] for _ in range(51)]
    assert found == [*[True] * 50, False]
    assert (await tom.execute("web_search", {"query": "Heidelberg"})).json()["success"]


@pytest.mark.proves("G.people-apart")
async def test_a_tool_that_a_user_switched_off_is_off_for_that_user_over_mcp_too(world: World) -> None:
    note = ("write_note", {"text": "hello"})
    async with (
        serve_town(world, mcp_login=True) as town,
        httpx.AsyncClient(base_url=town.rest_url, trust_env=False) as http,
    ):
        ann = Rest(http, town, "ann")
        await ann.log_in()
        await http.put("/mcp/tools/write_note/configure", json={"enabled": False}, headers=ann.headers)
        assert "switched write_note off" in await _over_mcp(town, "ann", *note)
        assert "switched" not in await _over_mcp(town, "tom", *note)
        written = [[one.text for one in town.world_of(user).documents.notes] for user in ("ann", "tom")]
    assert ["hello" in notes for notes in written] == [False, True]


async def test_worlds_are_limited_in_number_and_the_one_unused_for_longest_goes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_USERS >= 1000
    monkeypatch.setattr("assistant.town.town_host.MOST_USERS", 3)
    host = TownHost(world)
    await host.for_user("first").call("write_note", {"text": "mine"})
    await host.for_user("second").call("write_note", {"text": "mine"})
    for name in ("third", "first", "fourth"):
        host.for_user(name)
    written = [[note.text for note in host.for_user(name).world.documents.notes] for name in ("first", "second")]
    assert ["mine" in notes for notes in written] == [True, False]
    assert "mine" not in [note.text for note in world.documents.notes]
