"""Whole conversations with the live assistant, typed: town, car and profile together, as `mcqueen` opens them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.plain import converse
from assistant.settings.settings import Settings
from client.call import Outcome, ToolCall
from client.tool_client import ToolClient


async def talk(folder: Path, *lines: str) -> list[str]:
    """Say these lines one after the other and return every answer."""
    answers: list[str] = []
    await converse(Settings(data_folder=str(folder)), io.StringIO("\n".join(lines)), answers.append, lambda _: None)
    return answers


@pytest.mark.proves("D.profile", "D.choice", "D.invalid", "C.car")
async def test_what_was_listed_kept_and_half_said_is_understood_in_what_follows(tmp_path: Path) -> None:
    said = await talk(
        tmp_path,
        "find a fuel station",
        "navigate to the cheapest one",
        "call home 5 Main Street",
        "navigate home",
        "set the temperature to 50 degrees",
        "22",
        "forget home",
        "yes",
        "what do you know about me",
    )
    assert said[1].startswith("I guide you to ")
    assert said[2:] == [
        "I'll remember that home is 5 Main Street.",
        "I guide you to 5 Main Street.",
        "50 is too much: 28 is the most. What degrees, from 16 to 28?",
        "It is set to 22 degrees.",
        "Forget: home. Shall I delete this?",
        "I have forgotten where home is.",
        "I keep nothing about you.",
    ]


async def test_a_call_takes_no_longer_than_the_settings_allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines: list[float] = []
    call = ToolClient.call

    async def noted(tools: ToolClient, made: ToolCall, **options: Any) -> Outcome:
        deadlines.append(options["deadline"])
        return await call(tools, made, **options)

    monkeypatch.setattr(ToolClient, "call", noted)
    said = io.StringIO("what is my range")
    await converse(Settings(data_folder=str(tmp_path), deadline=3.0), said, lambda _: None, lambda _: None)
    assert deadlines == [3.0]
