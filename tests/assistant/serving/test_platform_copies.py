"""A server of the platform that runs in several copies, over real HTTP, with real processes."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.assistant.serving.test_platform import BODY, Platform, anna, base, served

__all__ = ["anna", "base", "served"]  # fixtures
BUSY = Path(__file__).parents[2] / "client" / "servers" / "busy_child.py"


@pytest.mark.proves("G.platform", "S.copies")
async def test_a_server_with_a_scale_grows_under_calls_at_once_and_shrinks_to_what_its_owner_says(
    anna: Platform,
) -> None:
    scale = {"min": 1, "max": 3, "cpu": 0, "queue": 4, "cooldown": 600}
    busy = {"command": sys.executable, "args": [str(BUSY)], "env": {"BUSY": "0.3"}}
    made = await anna.create(name="busy", scale=scale, **busy)
    assert made["scale"] == {**scale, "cpu": 0.0, "memory": 0.0, "cooldown": 600.0}
    await anna.start(made["id"])
    assert (await anna.details(made["id"]))["runtimeStatus"]["copies"] == 1
    answers = await asyncio.gather(*(anna.execute(made["id"], "process") for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}
    runtime = (await anna.details(made["id"]))["runtimeStatus"]
    assert runtime["copies"] == 3
    assert len({answer.json()["response"]["content"][0]["text"] for answer in answers}) > 1
    changed = await anna.send("PUT", f"/mcp/{made['id']}", {"scale": None})
    assert changed.json()["server"]["scale"] is None
    await anna.start(made["id"])
    runtime = (await anna.details(made["id"]))["runtimeStatus"]
    assert (runtime["copies"], runtime["status"]) == (1, "running")
    refused = await anna.send("POST", "/mcp", {**BODY, "name": "other", "scale": {"min": 3, "max": 2}})
    assert refused.status_code == 400
    assert "scale" in refused.json()["error"]
