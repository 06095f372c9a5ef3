"""Login, sliding sessions and logout of the REST face, over real HTTP."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import httpx
import jwt
import pytest

from assistant.serving.server import RunningTown
from assistant.serving.state.secret_keys import Secrets, mint_login_token
from tests.assistant.serving.conftest import Rest
from tests.assistant.town.clock import SetClock

SECRET = "another secret of at least thirty-two bytes"


@pytest.mark.proves("G.rest")
async def test_a_login_gives_a_session_of_eight_hours_with_64_hex_digits(rest: Rest) -> None:
    session = await rest.log_in()
    assert re.fullmatch(r"[0-9a-f]{64}", session["session_id"])
    assert session["user_id"] == "driver"
    created, expires = (datetime.fromisoformat(session[name]) for name in ("created_at", "expires_at"))
    assert (expires - created).total_seconds() == 8 * 3600


@pytest.mark.proves("G.rest")
async def test_a_session_slides_with_each_use_and_then_expires(rest: Rest, clock: SetClock) -> None:
    for _ in range(3):
        clock.forward(hours=7, minutes=59)
        assert (await rest.get("/mcp/tools")).status_code == 200
    clock.forward(hours=8)
    response = await rest.get("/mcp/tools")
    assert response.status_code == 401
    assert response.json()["success"] is False
    assert "log in again" in response.json()["error"]


async def test_logout_ends_the_session(rest: Rest) -> None:
    response = await rest.http.post("/auth/logout", headers=rest.headers)
    assert response.status_code == 200
    assert response.json()["success"] is True
    assert response.json()["message"]
    assert (await rest.get("/mcp/tools")).status_code == 401
    assert (await rest.http.post("/auth/logout", headers=rest.headers)).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer " + "0" * 64},
        {"Authorization": "Basic abc"},
        {"X-Session-ID": "0" * 64},
        {"X-User-ID": "somebody else"},
    ],
)
async def test_headers_that_are_missing_wrong_or_disagree_are_refused(rest: Rest, change: dict[str, str]) -> None:
    rest.headers |= change
    for response in (await rest.get("/mcp/tools"), await rest.execute("get_weather", {"location": "Speyer"})):
        assert response.status_code == 401
        assert response.json()["success"] is False


async def test_the_session_id_may_stand_in_either_header_or_both(rest: Rest) -> None:
    session_id = rest.headers["Authorization"].removeprefix("Bearer ")
    rest.headers["X-Session-ID"] = session_id
    assert (await rest.get("/mcp/tools")).status_code == 200
    del rest.headers["Authorization"]
    assert (await rest.get("/mcp/tools")).status_code == 200


async def test_a_session_speaks_for_its_own_user_only(rest: Rest) -> None:
    assert (await rest.get("/mcp/tools?user_id=driver")).status_code == 200
    assert (await rest.get("/mcp/tools?user_id=other")).status_code == 403
    assert (await rest.execute("get_weather", {"location": "Speyer"}, user_id="other")).status_code == 403


def _tokens(town: RunningTown, now: float) -> dict[str, str]:
    secret = town.secrets.jwt_secret
    good: dict[str, Any] = {"user_id": "driver", "exp": int(now) + 60}
    signed = jwt.encode(good, secret, algorithm="HS256")
    head, body, _ = signed.split(".")
    return {
        "another secret": jwt.encode(good, SECRET, algorithm="HS256"),
        "no algorithm": jwt.encode(good, "", algorithm="none"),
        "another algorithm": jwt.encode(good, secret * 2, algorithm="HS512"),
        "no signature": f"{head}.{body}.",
        "another user": mint_login_token(secret, "other", now=now),
        "expired": mint_login_token(secret, "driver", now=now - 3600, seconds=3600),
        "not yet valid": jwt.encode({**good, "nbf": int(now) + 30}, secret, algorithm="HS256"),
        "an end that is no time": jwt.encode({**good, "exp": True}, secret, algorithm="HS256"),
        "no user": jwt.encode({"exp": int(now) + 60}, secret, algorithm="HS256"),
        "no end": jwt.encode({"user_id": "driver"}, secret, algorithm="HS256"),
        "an end of null": jwt.encode({"user_id": "driver", "exp": None}, secret, algorithm="HS256"),
        "not a token": "abc",
        "empty": "",
        "very long": "a" * 100_000,
    }


@pytest.mark.parametrize(
    "kind",
    [
        "another secret",
        "no algorithm",
        "another algorithm",
        "no signature",
        "another user",
        "expired",
        "not yet valid",
        "an end that is no time",
        "no user",
        "no end",
        "an end of null",
        "not a token",
        "empty",
        "very long",
    ],
)
@pytest.mark.proves("G.forged")
async def test_a_forged_or_expired_login_token_is_refused(
    town: RunningTown, http: httpx.AsyncClient, clock: SetClock, kind: str
) -> None:
    token = _tokens(town, clock().timestamp())[kind]
    response = await http.post("/auth/login", json={"user_id": "driver", "auth_token": token})
    assert response.status_code == 401
    assert response.json()["success"] is False
    assert response.json()["error"]
    assert [entry["outcome"] for entry in town.audit.entries] == ["refused"]


@pytest.mark.parametrize("body", [{}, {"user_id": "driver"}, {"user_id": 3, "auth_token": "x"}, {"auth_token": "x"}])
async def test_a_login_without_its_fields_is_a_bad_request(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    response = await http.post("/auth/login", json=body)
    assert response.status_code == 400
    assert "user_id" in response.json()["error"] or "auth_token" in response.json()["error"]


def test_secrets_do_not_show_in_their_text() -> None:
    made = Secrets.generate()
    assert made.jwt_secret not in repr(made)
    assert made.encryption_key not in repr(made)
    assert made != Secrets.generate()
