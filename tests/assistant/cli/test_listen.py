"""`mcqueen listen`, from a WAV through the real recognizer to what is shown."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from assistant.cli.listen_command import command as listen
from tests.voice.test_devices import PortAudio
from tests.voice.test_vosk import spoken
from voice import devices
from voice.audio import write_wav
from voice.voice_errors import AudioFileError, DeviceError

TOOLS = {
    "tools": [
        {
            "name": "find_fuel_station",
            "description": "Find a fuel station",
            "inputSchema": {"type": "object"},
            "_meta": {"mcqueen/examples": ["find a fuel station"]},
        }
    ]
}


@pytest.fixture
def catalog(tmp_path: Path) -> str:
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(TOOLS))
    return str(path)


async def shown(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, listen, [*arguments])


@pytest.mark.proves("V.listen")
async def test_words_level_and_decisions_are_shown_until_the_end_of_the_turn(tmp_path: Path, catalog: str) -> None:
    wav = tmp_path / "fuel.wav"
    hiss = np.random.default_rng(1).normal(0.0, 20.0, 60_000).astype(np.int16)
    speech = await spoken("find a fuel station")
    hiss[8_000 : 8_000 + len(speech)] += speech[: len(hiss) - 8_000]
    write_wav(wav, hiss, 16_000)
    result = await shown("--json", "--wav", str(wav), "--catalog", catalog)
    assert result.exit_code == 0, result.output
    *progress, final = [json.loads(line) for line in result.stdout.splitlines()]
    assert final["text"] == "find a fuel station"
    assert final["ended_by"] == "ended"
    assert 0.3 <= final["endpoint_wait"] <= 0.65
    states = list(dict.fromkeys(line["state"] for line in progress))
    assert states == ["waiting", "speech", "ended"]
    assert [line["ending"] for line in progress if line["ending"]][-1] == "complete"
    assert max(line["level"] for line in progress) > min(line["level"] for line in progress) + 10.0
    people = await shown("--wav", str(wav), "--catalog", catalog)
    assert "find a fuel station   [ended, 0.4" in people.stdout
    assert "pause: complete" in people.stdout


@pytest.mark.proves("V.listen")
async def test_a_wav_without_speech_and_one_that_is_none_are_said(tmp_path: Path, catalog: str) -> None:
    silent, none = tmp_path / "silent.wav", tmp_path / "none.wav"
    write_wav(silent, np.zeros(16_000, np.int16), 16_000)
    assert "(nobody spoke)" in (await shown("--wav", str(silent), "--catalog", catalog)).stdout
    result = await shown("--wav", str(none), "--catalog", catalog)
    assert isinstance(result.exception, AudioFileError)  # which the program turns into one line and an exit code
    assert str(none) in str(result.exception)


@pytest.mark.proves("V.devices")
async def test_a_microphone_that_is_not_there_is_named_and_none_stands_in(
    catalog: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "load_sounddevice", PortAudio)
    result = await shown("--device", "attic", "--catalog", catalog)
    assert isinstance(result.exception, DeviceError)
    assert str(result.exception) == "there is no microphone named attic; there are: Cab"
