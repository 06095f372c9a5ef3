"""What stands around a conversation, on the real path: the doctor's recording, and the fan while somebody listens."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from client.call import Succeeded, ToolCall
from tests.system.audio.cabin import MICROPHONE, SPEAKER, Cabin
from tests.system.audio.conversation import loud_seconds, open_conversation

pytestmark = pytest.mark.system


def doctor(folder: Path, microphone: str = MICROPHONE) -> subprocess.Popen[str]:
    chosen = {"MCQUEEN_VOICE__MICROPHONE": microphone, "MCQUEEN_VOICE__SPEAKER": SPEAKER, "HOME": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "doctor", "--audio", "--json"],
        env=os.environ | chosen, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def findings(run: subprocess.Popen[str]) -> dict[str, dict[str, Any]]:
    out, _ = run.communicate(timeout=60)
    return {found["part"]: found for found in map(json.loads, out.splitlines())}


@pytest.mark.proves("V.audio-doctor")
def test_the_doctor_hears_somebody_speak_and_plays_it_back(cabin: Cabin, tmp_path: Path) -> None:
    began = cabin.now()
    run = doctor(tmp_path)
    tone = (8_000 * np.sin(np.arange(16_000 * 9) / 5)).astype(np.int16)
    cabin.speak(tone)
    found = findings(run)
    assert run.returncode == 0, found
    assert "sound comes in" in found["microphone"]["detail"]
    assert "has been played" in found["speaker"]["detail"]
    assert loud_seconds(cabin.heard(began)) > 1.5


@pytest.mark.proves("V.audio-doctor")
def test_the_doctor_names_a_muted_microphone(cabin: Cabin, tmp_path: Path) -> None:
    cabin.mute(True)
    try:
        run = doctor(tmp_path)
        found = findings(run)
    finally:
        cabin.mute(False)
    assert run.returncode == 1
    assert "muted" in found["microphone"]["detail"]


@pytest.mark.proves("V.audio-doctor")
def test_the_doctor_says_where_another_microphone_stood_in(cabin: Cabin, tmp_path: Path) -> None:
    cabin.unplug_microphone()
    unplugged, unknown = doctor(tmp_path), doctor(tmp_path, "attic")
    assert "stands in for cabin_microphone" in findings(unplugged)["microphone"]["detail"]
    assert "there is no microphone named attic; there are: " in findings(unknown)["microphone"]["detail"]
    assert (unplugged.returncode, unknown.returncode) == (1, 1)


@pytest.mark.proves("V.quiet-fan")
async def test_the_fan_is_down_while_the_driver_is_listened_to(cabin: Cabin, tmp_path: Path) -> None:
    async with open_conversation(cabin, tmp_path, car=True) as conversation:
        live = conversation.live

        async def car(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
            outcome = await live.tools.call(ToolCall(str(uuid.uuid4()), "car", tool, arguments, str(uuid.uuid4())))
            assert isinstance(outcome, Succeeded), outcome
            assert isinstance(outcome.result, dict)
            return outcome.result

        async def fan_comes_to(level: int) -> None:
            async with asyncio.timeout(30):
                while (await car("get_cabin", {}))["fan"] != level:
                    await asyncio.wait([asyncio.ensure_future(asyncio.sleep(0.1))])

        await car("set_fan", {"level": 5})
        live.runtime.press()
        await fan_comes_to(1)
        await conversation.says("never mind")
        await fan_comes_to(5)
