"""Requests made from the OpenAPI pages, good and bad, against the served faces: no 5xx, no schema break, no hole.

`OPENAPI_EXAMPLES` sets how many good and bad requests are made of each operation (`make openapi` makes 300).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from assistant.serving.openapi import page
from assistant.serving.platform.callers import Permission
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.serving.state.secret_keys import mint_login_token
from assistant.town.town_tools import tool_definitions
from assistant.town.world import World
from client.servers.processes.supervision import SupervisionRules
from tests.assistant.town.clock import MONDAY_AFTERNOON

EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "2"))
_SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Hurrying:
    """A clock that goes on a minute with each look, so that no limit is in the way of the run."""

    def __init__(self) -> None:
        self._looks = itertools.count()

    def __call__(self) -> datetime:
        return MONDAY_AFTERNOON + timedelta(minutes=next(self._looks))


@contextmanager
def served(folder: Path) -> Iterator[RunningTown]:
    """Serve all faces on a loop of their own, because the requests are made by blocking calls."""
    ready: list[RunningTown] = []
    loop = asyncio.new_event_loop()
    told, listening = asyncio.Event(), threading.Event()

    async def serve() -> None:
        platform = PlatformSettings(folder, SupervisionRules(first_pause=0.01), timeout=2.0, commands=("*",))
        async with serve_town(
            World(seed=1, now=Hurrying()),
            faces=("rest", "platform"),
            platform=platform,
            settings=RestSettings(rate_max=1_000_000),
        ) as town:
            ready.append(town)
            listening.set()
            await told.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert listening.wait(20)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(told.set)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTown]:
    with served(tmp_path_factory.mktemp("platform")) as running:
        yield running


def _login(town: RunningTown) -> str:
    token = mint_login_token(town.secrets.jwt_secret, "driver", now=MONDAY_AFTERNOON.timestamp(), seconds=1e9)
    return str(
        httpx.post(
            f"{town.rest_url}/auth/login", json={"user_id": "driver", "auth_token": token}, trust_env=False
        ).json()["session"]["session_id"]
    )


def _manager(town: RunningTown) -> str:
    permissions = [permission.value for permission in Permission]
    now = MONDAY_AFTERNOON.timestamp()
    return mint_login_token(town.secrets.jwt_secret, "driver", now=now, seconds=1e9, permissions=permissions)


def _known(town: RunningTown, token: str) -> dict[str, list[str]]:
    """Return what exists, by the name of the parameter that takes it, having made some of it."""
    headers = {"Authorization": f"Bearer {token}"}
    child = {"name": "child", "command": sys.executable, "args": ["-m", "tests.client.stdio_server"]}
    dead = {"name": "dead", "command": "/nonexistent/program", "enabled": False}
    for body in (child, dead):
        httpx.post(f"{town.url}/api/mcp", json=body, headers=headers, trust_env=False)
    made = httpx.get(f"{town.url}/api/mcp", headers=headers, trust_env=False).json()["servers"]
    service = {"name": "booking", "basePath": "/booking", "instances": [{"host": "127.0.0.1", "port": 9}]}
    httpx.post(f"{town.url}/api/gateway/services", json=service, headers=headers, trust_env=False)
    return {
        "tool": [str(tool["name"]) for tool in tool_definitions()],
        "service": ["gmail", "google_calendar", "google_maps", "booking"],
        "id": [server["id"] for server in made],
    }


def no_defect(_: Any, response: Any, case: Any) -> None:
    """Hold that no answer is 5xx, but for those that the contract names: a process that does not start or answer."""
    if response.status_code >= 500:
        named = case.operation.path.startswith("/api/mcp/{id}") or "/health/" in case.operation.path
        assert named, response.text
        assert "Something went wrong" not in response.text


CHECKED = [
    no_defect,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
    unsupported_method,
]


def _tame(case: Any, known: dict[str, list[str]]) -> None:
    """Point names at what exists as often as not, and keep made-up services and commands on this machine."""
    for name, value in dict(case.path_parameters or {}).items():
        chosen = zlib.crc32(str(value).encode("utf-8", "replace"))
        if known.get(name) and chosen % 3:
            case.path_parameters[name] = known[name][chosen % len(known[name])]
    body = case.body
    if isinstance(body, dict) and isinstance(body.get("instances"), list):
        for instance in body["instances"]:
            if isinstance(instance, dict) and isinstance(instance.get("host"), str):
                instance["host"] = "127.0.0.1"
    if isinstance(body, dict) and isinstance(body.get("command"), str):
        body["command"] = body["command"][:1] and "/nonexistent/" + body["command"]


@pytest.mark.proves("G.openapi")
@pytest.mark.parametrize(
    ("document", "token_of"), [("/api/v1/openapi.json", _login), ("/api/mcp/openapi.json", _manager)]
)
def test_requests_made_from_the_page_meet_no_defect(
    town: RunningTown, document: str, token_of: Callable[[RunningTown], str]
) -> None:
    token = {"value": token_of(town)}
    known = _known(town, _manager(town))
    schema = schemathesis.openapi.from_dict(httpx.get(town.url + document, trust_env=False).json())
    schema.config.update(base_url=town.url)
    tried: list[str] = []
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    operations.sort(key=lambda one: bool(one.method == "delete"))  # what is deleted is of no more use
    for operation, mode in itertools.product(operations, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):

        @given(case=operation.as_strategy(generation_mode=mode))
        @_SETTINGS
        def attempt(case: Any) -> None:
            _tame(case, known)
            if case.operation.path.endswith("logout"):
                token["value"] = token_of(town)
            response = case.call(headers={"Authorization": f"Bearer {token['value']}"}, timeout=60)
            case.validate_response(response, checks=CHECKED)

        with contextlib.suppress(Unsatisfiable):  # an operation that takes nothing cannot be asked wrongly
            attempt()
        tried.append(operation.label)
    assert len(tried) >= 10


@pytest.mark.proves("G.openapi")
@pytest.mark.parametrize("document", ["/api/v1/openapi.json", "/api/mcp/openapi.json"])
def test_without_a_token_no_operation_answers_but_those_that_are_open(town: RunningTown, document: str) -> None:
    described = httpx.get(town.url + document, trust_env=False).json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            url = town.url + path.replace("{", "").replace("}", "")
            answer = httpx.request(method, url, json={} if "requestBody" in operation else None, trust_env=False)
            assert (answer.status_code == 401) == bool(operation["security"]), (method, path, answer.text)


@pytest.mark.parametrize("path", ["/api/v1", "/api/mcp"])
def test_the_page_for_people_needs_no_network_and_runs_nothing(town: RunningTown, path: str) -> None:
    shown = httpx.get(f"{town.url}{path}/docs", trust_env=False)
    assert shown.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "<script" not in shown.text
    assert "http://" not in shown.text.replace(town.url, "")
    assert "/execute" in shown.text


def test_what_a_page_shows_cannot_break_out_of_it() -> None:
    document = {
        "info": {"title": "<b>", "description": "<i>"},
        "paths": {"/<script>": {"get": {"summary": "<script>", "responses": {"200": {"description": "<script>"}}}}},
        "components": {"schemas": {"<script>": {"title": "<script>"}}},
    }
    assert "<script" not in page(document)
