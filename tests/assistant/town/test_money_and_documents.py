"""Money, notes and posts: what was done is there afterwards, what was refused changed nothing."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.hosting.host_errors import RefusedError
from assistant.policy.sensitivity import assess, is_deferrable
from assistant.town.town_tools import call, tool_definitions
from assistant.town.world import World
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from tests.assistant.town.clock import MONDAY_AFTERNOON, SetClock

CATALOG = Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools))


@pytest.mark.proves("G.town")
def test_a_transfer_leaves_the_account_and_stands_in_the_statement(world: World) -> None:
    before = call(world, "get_balance", {"account": "checking"})["accounts"][0]["balance"]
    made = call(world, "transfer_money", {"recipient": "my brother", "amount": 20.5})
    assert made["balance"] == round(before - 20.5, 2)
    newest = call(world, "list_transactions", {"max_results": 1})["transactions"][0]
    assert (newest["party"], newest["amount"]) == ("Tom", -20.5)
    assert world.snapshot()["transfers"][0]["party"] == "Tom"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [({"recipient": "Tom", "amount": 4999}, "amount"), ({"recipient": "the plumber", "amount": 5}, "recipient")],
)
def test_a_transfer_that_cannot_be_is_refused_and_moves_no_money(
    world: World, arguments: dict[str, Any], name: str
) -> None:
    before = dict(world.bank.balances)
    with pytest.raises(RefusedError) as refusal:
        call(world, "transfer_money", arguments)
    assert name in refusal.value.names
    assert world.bank.balances == before
    assert not world.bank.transfers


@pytest.mark.parametrize("key", ["key-12345678"])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("transfer_money", {"recipient": "Tom", "amount": 20}),
        ("post_update", {"message": "greetings"}),
        ("write_note", {"text": "buy milk"}),
    ],
)
def test_a_repeat_with_its_key_pays_posts_and_notes_once(
    world: World, name: str, arguments: dict[str, Any], key: str
) -> None:
    first, second = (call(world, name, arguments, idempotency_key=key) for _ in range(2))
    assert first == second
    assert len(world.executed) == 1


@pytest.mark.parametrize(
    ("name", "arguments", "sensitive", "deferrable"),
    [
        ("transfer_money", {"recipient": "Tom", "amount": 20}, True, False),
        ("post_update", {"message": "hello"}, True, True),
        ("delete_post", {"post_id": "last"}, True, False),
        ("delete_note", {"note_id": "last"}, True, False),
        ("write_note", {"text": "buy milk"}, False, False),
        ("get_balance", {}, False, False),
        ("shopping_hybrid", {"action": "track_orders"}, False, False),
        ("find_documents", {"query": "passport"}, False, False),
    ],
)
def test_what_pays_or_tells_others_asks_first_and_no_payment_waits_for_the_network(
    name: str, arguments: dict[str, Any], sensitive: bool, deferrable: bool
) -> None:
    tool = CATALOG.find(name)
    assert tool is not None
    assert assess(tool, arguments).sensitive is sensitive
    assert is_deferrable(tool) is deferrable


@pytest.mark.parametrize(
    ("name", "arguments", "left"),
    [("write_note", {"text": "buy milk"}, "notes"), ("post_update", {"message": "hello"}, "posts")],
)
def test_the_inverse_takes_a_note_and_a_post_back_and_twice_is_the_same_as_once(
    world: World, name: str, arguments: dict[str, Any], left: str
) -> None:
    before = [one for one in world.snapshot()[left] if not one.get("deleted")]
    inverse = next(d for d in tool_definitions() if d["name"] == name)["_meta"]["mcqueen/inverse"]
    result = call(world, name, arguments)
    undo = {key: result[value.removeprefix("$result.")] for key, value in inverse["arguments"].items()}
    for _ in range(2):
        call(world, inverse["tool"], undo)
    assert [one for one in world.snapshot()[left] if not one.get("deleted")] == before


def test_only_notes_can_be_deleted_and_words_that_fit_several_are_asked_about(world: World) -> None:
    with pytest.raises(RefusedError, match="No note of yours"):
        call(world, "delete_note", {"note_id": "passport"})
    for place in ("level two", "level four"):
        call(world, "write_note", {"text": f"the car is on {place}"})
    with pytest.raises(RefusedError, match="Several notes") as refusal:
        call(world, "delete_note", {"note_id": "car level"})
    assert len(refusal.value.alternatives) == 2
    assert call(world, "delete_note", {"note_id": "last"})["text"] == "the car is on level four"


def test_a_note_is_found_by_its_words_at_once(world: World) -> None:
    call(world, "write_note", {"text": "the spare key is under the blue pot"})
    found = call(world, "find_documents", {"query": "spare key"})
    assert "blue pot" in found["summary"]


def test_orders_are_told_with_when_they_come(world: World) -> None:
    told = call(world, "shopping_hybrid", {"action": "track_orders"})
    assert "on its way and arrives tomorrow" in told["summary"]
    with pytest.raises(RefusedError, match="No shop here has a submarine"):
        call(world, "shopping_hybrid", {"query": "a submarine"})


def test_the_same_seed_gives_the_same_money_and_prices_and_another_seed_others() -> None:
    def seen(seed: int) -> list[str]:
        world = World(seed, now=SetClock(MONDAY_AFTERNOON))
        calls: list[tuple[str, dict[str, Any]]] = [
            ("get_balance", {}), ("shopping_hybrid", {"query": "snow chains"}), ("find_charging_stations", {}),
        ]  # fmt: skip
        return [call(world, name, arguments)["summary"] for name, arguments in calls]

    assert seen(1) == seen(1)
    assert all(one != other for one, other in zip(seen(1), seen(2), strict=True))
