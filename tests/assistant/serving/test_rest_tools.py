"""Listing, executing and configuring tools over the REST face: every row of its contract, over real HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from assistant.serving.confirmed import is_confirmed, same_value
from assistant.serving.rest.rest_tools import RestTool
from assistant.serving.server import RunningTown
from assistant.town.town_tools import tool_definitions
from tests.assistant.serving.conftest import SERVICES, Rest

TABLE = {"restaurant_name": "Luigi's", "date": "2026-11-24", "time": "19:00", "party_size": 4}
YES = dict.fromkeys(TABLE, True)


async def test_health_needs_no_session(http: httpx.AsyncClient) -> None:
    response = await http.get("/health")
    assert response.status_code == 200
    assert response.json()["success"] is True


@pytest.mark.proves("G.rest")
async def test_tools_are_listed_in_the_contracts_shape(rest: Rest) -> None:
    response = (await rest.get("/mcp/tools")).json()
    assert response["success"] is True
    assert response["total"] == len(response["tools"])
    tool = next(tool for tool in response["tools"] if tool["id"] == "book_restaurant_public")
    assert tool["category"] == "booking"
    assert tool["access_level"] == "public"
    assert tool["requires_auth"] is False
    assert tool["auth_service_id"] is None
    assert tool["voice_confirmations"] == list(TABLE)
    assert (tool["user_enabled"], tool["user_priority"]) == (False, 5)
    assert "[" not in " ".join(tool["examples"])
    size = next(part for part in tool["parameters"] if part["name"] == "party_size")
    assert (size["type"], size["required"], size["default"], size["options"]) == ("number", True, None, None)
    units = next(t for t in response["tools"] if t["id"] == "get_weather")["parameters"][1]
    assert (units["type"], units["required"], units["default"], units["options"]) == (
        "string",
        False,
        "metric",
        ["metric", "imperial"],
    )


@pytest.mark.proves("G.rest")
async def test_personal_tools_and_parameters_are_listed_only_after_the_login_to_their_service(rest: Rest) -> None:
    before = await rest.tools()
    assert "email_personal" not in before
    assert "calendar_personal" not in before
    assert "saved_places" not in [part["name"] for part in before["maps_hybrid"]["parameters"]]
    for service in SERVICES:
        body = {"credentials": {"token": "a secret of mine"}}
        response = await rest.http.put(f"/auth/services/{service}", json=body, headers=rest.headers)
        assert response.status_code == 200
    after = await rest.tools()
    assert after["email_personal"]["requires_auth"] is True
    assert after["email_personal"]["auth_service_id"] == "gmail"
    assert "calendar_personal" in after
    assert [p["requires_auth"] for p in after["maps_hybrid"]["parameters"] if p["name"] == "saved_places"] == [True]
    await rest.http.delete("/auth/services/gmail", headers=rest.headers)
    assert "email_personal" not in await rest.tools()


async def test_credentials_are_kept_encrypted(rest: Rest, town: RunningTown) -> None:
    await rest.http.put(
        "/auth/services/gmail", json={"credentials": {"token": "a secret of mine"}}, headers=rest.headers
    )
    assert "a secret of mine" not in repr([vars(town.users), vars(vars(town.users)["_store"])])
    assert await town.users.credentials("driver", "gmail") == {"token": "a secret of mine"}
    assert "a secret of mine" not in repr(town.audit.entries)


async def test_a_service_that_no_tool_uses_is_not_found(rest: Rest) -> None:
    response = await rest.http.put("/auth/services/nothing", json={}, headers=rest.headers)
    assert response.status_code == 404
    assert "gmail" in response.json()["error"]


@pytest.mark.proves("G.rest")
async def test_a_public_tool_is_executed_with_its_defaults(rest: Rest) -> None:
    response = await rest.execute("get_weather", {"location": "Mannheim"}, timestamp="2026-11-23T17:05:00")
    assert response.status_code == 200
    body = response.json()
    assert body["success"] is True
    assert body["metadata"]["service"] == "town"
    assert set(body["data"]) >= {"location", "temperature", "condition", "humidity", "units"}
    assert body["data"]["units"] == "metric"


@pytest.mark.proves("G.rest")
async def test_what_needs_a_yes_asks_for_it_and_does_nothing_until_then(rest: Rest, town: RunningTown) -> None:
    asked = await rest.execute("book_restaurant_public", TABLE)
    assert asked.status_code == 200
    assert asked.json()["success"] is False
    assert asked.json()["metadata"]["requires_confirmation"] == list(TABLE)
    assert not town.world_of("driver").executed
    done = await rest.execute("book_restaurant_public", TABLE, voice_confirmations=YES)
    assert done.json()["success"] is True
    assert set(done.json()["data"]) >= {"booking_id", "status", "confirmation_number", *TABLE}
    assert len(town.world_of("driver").bookings.all) == 1


@pytest.mark.parametrize(
    ("confirmations", "asked_again"),
    [
        (dict(TABLE), []),
        ({**YES, "restaurant_name": " luigis ", "time": "19:00:00", "party_size": "4"}, []),
        ({**YES, "party_size": 5}, ["party_size"]),
        ({**YES, "restaurant_name": "Bella Roma", "time": "20:00"}, ["restaurant_name", "time"]),
        ({**YES, "date": "yes"}, ["date"]),
        ({**YES, "date": 1}, ["date"]),
        ({**YES, "date": None}, ["date"]),
        ({**YES, "date": "true"}, ["date"]),
        ({**YES, "date": False}, ["date"]),
        ({"restaurant_name": True}, ["date", "time", "party_size"]),
    ],
)
async def test_only_true_or_the_same_value_counts_as_confirmed(
    rest: Rest, town: RunningTown, confirmations: dict[str, Any], asked_again: list[str]
) -> None:
    response = await rest.execute("book_restaurant_public", TABLE, voice_confirmations=confirmations)
    assert response.json().get("metadata", {}).get("requires_confirmation", []) == asked_again
    assert len(town.world_of("driver").bookings.all) == (0 if asked_again else 1)


SAME: list[tuple[Any, Any]] = [
    (4, "4"), (4.0, "4"), (4, 4.0), ("4", 4), (-5, "-5"), (0.1, "0.10"), ("Luigi\u2019s", "luigis"), ("Bob", " bob "),
    ("19:00:00", "19:00"), (["Anna "], ["anna"]), ({"a": [1, "x"]}, {"a": [1.0, "X"]}), (None, None), (False, False),
    ("/home/*", "/home/*"), ("Jos\u00e9", "Jose\u0301"),
]  # fmt: skip
DIFFERENT: list[tuple[Any, Any]] = [
    (4, 5), (-4, 4), (True, 1), (False, 0), (None, False), ("a@b.com", "ab.com"), (True, "1"), (True, "true"),
    ("19:00", "9:00"), ("19:00:30", "19:00"), (["a", "b"], ["b", "a"]), (["a"], ["a", "a"]), (["a"], "a"),
    ("50 EUR", "50 USD"), ("\u20ac50", "$50"), ("\u22125", "5"), ("-5", "5"), (-5, "5"), (5, "5%"), ({"a": 1}, {}),
    ("5\u00bd", "512"), ("5\u00bd", "5 1/2"), ("007", 7), (7, "007"), ("4.0", 4), (4, "4e0"), ("/home/*", "/home/"),
    ("(555) #1*2", "555 12"), ("~/x", "/x"), ("/home/A", "/home/a"), ("a & b | c", "a b c"), ("a<b", "a>b"),
    ("Jos\u00e9", "Jose"), ("x!", "x"), (2**53 + 1, 2.0**53), ("\u0410nna", "Anna"), ("don't", "do nt"),
    ("Anna\u200b", "Anna"), ("a b", "ab"), ("1", True), (1, True), ([True], [1]), (["1"], [True]),
]  # fmt: skip


@pytest.mark.proves("G.typed")
@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_value_is_confirmed_by_itself_in_another_plain_spelling(one: Any, other: Any) -> None:
    assert same_value(one, other)
    assert is_confirmed("x", {"x": one}, {"x": other})


@pytest.mark.proves("G.typed")
@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_value_is_not_confirmed_by_one_of_another_type_or_with_other_signs(one: Any, other: Any) -> None:
    assert not same_value(one, other)


@pytest.mark.proves("G.typed")
def test_true_confirms_any_value_but_false_and_a_name_that_is_no_parameter_takes_true_alone() -> None:
    assert is_confirmed("x", {"x": "50 EUR"}, {"x": True})
    assert is_confirmed("x", {"x": True}, {"x": True})
    assert not is_confirmed("x", {"x": False}, {"x": True})
    assert is_confirmed("pay", {}, {"pay": True})
    assert not is_confirmed("pay", {}, {"pay": 1})


async def test_reading_mail_needs_no_yes_and_sending_it_does(rest: Rest, town: RunningTown) -> None:
    await town.users.link_all("driver", SERVICES)
    assert (await rest.execute("email_personal", {"action": "read"})).json()["success"] is True
    mail: dict[str, Any] = {"action": "send", "to": ["Anna"], "subject": "Dinner", "body": "At eight?"}
    asked = await rest.execute("email_personal", mail)
    assert asked.json()["metadata"]["requires_confirmation"] == ["action", "to", "subject"]
    confirmed = {"action": "send", "to": ["anna"], "subject": True}
    assert (await rest.execute("email_personal", mail, voice_confirmations=confirmed)).json()["success"] is True
    assert [email.subject for email in town.world_of("driver").mailbox.sent] == ["Dinner"]


@pytest.mark.proves("G.rest")
async def test_a_personal_tool_asks_for_its_service(rest: Rest, town: RunningTown) -> None:
    for tool, parameters, service in (
        ("email_personal", {"action": "read"}, "gmail"),
        ("calendar_personal", {"action": "get_events"}, "google_calendar"),
        ("maps_hybrid", {"action": "get_saved_places"}, "google_maps"),
    ):
        response = await rest.execute(tool, parameters)
        assert response.status_code == 200
        assert response.json()["success"] is False
        assert response.json()["metadata"] == {"requires_auth": service}
        await town.users.link_all("driver", [service])
        assert (await rest.execute(tool, parameters)).json()["success"] is True


async def test_a_hybrid_tool_falls_back_to_what_is_public(rest: Rest, town: RunningTown) -> None:
    way = {"action": "directions", "destination": "Mannheim", "saved_places": True}
    assert (await rest.execute("maps_hybrid", way)).json()["data"]["distance_km"] == 20
    home = {"action": "directions", "destination": "Home"}
    assert (await rest.execute("maps_hybrid", home)).json()["success"] is False
    await town.users.link_all("driver", ["google_maps"])
    assert (await rest.execute("maps_hybrid", home)).json()["success"] is True


@pytest.mark.proves("G.rest")
@pytest.mark.parametrize(
    ("tool", "parameters", "words"),
    [
        ("get_weather", {}, ["location is missing"]),
        (
            "get_weather",
            {"location": 7, "units": "kelvin"},
            ["location must be text", "units must be metric or imperial"],
        ),
        ("book_restaurant_public", {"party_size": "four"}, ["restaurant_name", "date", "time", "a whole number"]),
        ("book_restaurant_public", {**TABLE, "party_size": True}, ["party_size must be a whole number"]),
        ("book_restaurant_public", {**TABLE, "date": "tomorrow"}, ["date must be a day"]),
        ("get_weather", {"location": "Speyer", "colour": "red"}, ["colour"]),
    ],
)
async def test_parameters_that_break_the_definition_are_all_named_with_400(
    rest: Rest, town: RunningTown, tool: str, parameters: dict[str, Any], words: list[str]
) -> None:
    response = await rest.execute(tool, parameters, voice_confirmations=YES)
    assert response.status_code == 400
    assert response.json()["success"] is False
    assert all(word in response.json()["error"] for word in words)
    assert not town.world_of("driver").executed


async def test_a_refusal_of_the_tool_is_an_answer_and_not_a_failure_of_the_server(rest: Rest) -> None:
    response = await rest.execute(
        "book_restaurant_public", {**TABLE, "restaurant_name": "Marios"}, voice_confirmations=YES
    )
    assert response.status_code == 200
    assert response.json()["success"] is False
    assert "I know no restaurant called Marios" in response.json()["error"]
    assert response.json()["details"]["alternatives"]


@pytest.mark.proves("G.rest")
async def test_an_unknown_tool_is_404_wherever_it_is_named(rest: Rest) -> None:
    assert (await rest.execute("fly", {})).status_code == 404
    response = await rest.http.put("/mcp/tools/fly/configure", json={"enabled": True}, headers=rest.headers)
    assert response.status_code == 404
    assert "fly" in response.json()["error"]


@pytest.mark.proves("G.rest")
async def test_a_configured_tool_is_listed_so_and_one_switched_off_is_403_for_that_user_only(
    rest: Rest, town: RunningTown
) -> None:
    body = {"enabled": False, "priority": 9, "custom_settings": {"units": "imperial"}}
    response = await rest.http.put("/mcp/tools/get_weather/configure", json=body, headers=rest.headers)
    assert response.status_code == 200
    assert response.json()["data"] == {"tool_id": "get_weather", "enabled": False, "priority": 9}
    listed = (await rest.tools())["get_weather"]
    assert (listed["user_enabled"], listed["user_priority"]) == (False, 9)
    assert (await rest.execute("get_weather", {"location": "Speyer"})).status_code == 403
    other = Rest(rest.http, town, "other")
    await other.log_in()
    assert (await other.execute("get_weather", {"location": "Speyer"})).status_code == 200
    await rest.http.put("/mcp/tools/get_weather/configure", json={"enabled": True}, headers=rest.headers)
    assert (await rest.tools())["get_weather"]["user_enabled"] is True
    assert (await rest.execute("get_weather", {"location": "Speyer"})).status_code == 200


@pytest.mark.parametrize("body", [{"enabled": "yes"}, {"priority": 101}, {"priority": True}, {"custom_settings": []}])
async def test_a_configuration_that_cannot_be_is_a_bad_request(rest: Rest, body: dict[str, Any]) -> None:
    response = await rest.http.put("/mcp/tools/get_weather/configure", json=body, headers=rest.headers)
    assert response.status_code == 400


async def test_a_repeat_with_the_same_key_header_happens_once_for_each_user(rest: Rest, town: RunningTown) -> None:
    message = {"contact": "Anna", "message": "I'm on my way"}
    other = Rest(rest.http, town, "other")
    await other.log_in()
    yes = {"contact": True, "message": True}
    for user in (rest, rest, other):
        user.headers["Idempotency-Key"] = "key-1"
        assert (await user.execute("send_message", message, voice_confirmations=yes)).json()["success"] is True
    assert [len(town.world_of(name).messages.sent) for name in ("driver", other.user_id)] == [1, 1]


async def test_usage_is_counted_and_audited_without_what_was_said(rest: Rest, town: RunningTown) -> None:
    await rest.execute("send_message", {"contact": "Anna", "message": "our secret"}, voice_confirmations={})
    yes = {"contact": True, "message": True}
    await rest.execute("send_message", {"contact": "Anna", "message": "our secret"}, voice_confirmations=yes)
    assert await town.users.usage_of("driver") == {"send_message": 1}
    entries = [entry for entry in town.audit.entries if entry["event"] == "execute"]
    assert [entry["outcome"] for entry in entries] == ["requires_confirmation", "done"]
    assert all(entry["user_id"] == "driver" and entry["address"] == "127.0.0.1" for entry in entries)
    assert "our secret" not in repr(town.audit.entries)
    assert rest.headers["Authorization"].removeprefix("Bearer ") not in repr(town.audit.entries)


def test_every_tool_of_the_town_has_a_rest_shape_with_known_types() -> None:
    for definition in tool_definitions():
        listed = RestTool(definition).listed(None, authenticated=True)
        assert {part["type"] for part in listed["parameters"]} <= {"string", "number", "boolean", "array"}
