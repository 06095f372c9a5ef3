"""Synthesis never gives silence for words: pyttsx3 rarely does, so the worker speaks again, or says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from assistant.cli.say_command import command as say
from voice.audio import read_wav, wav_bytes
from voice.synthesis import espeak_worker
from voice.synthesis.espeak import DRIVER_VOICE, RepeatableEspeakSynthesizer
from voice.synthesis.espeak_library import load_library
from voice.synthesis.synthesizer_base import Voice


class FlakyEngine:
    """pyttsx3's engine as far as the worker uses it; its first sentences come without sound."""

    def __init__(self, silent: int, *, broken: bool = False) -> None:
        self.silent = silent
        self.broken = broken
        self.runs = 0
        self._path = ""

    def setProperty(self, name: str, value: object) -> None:  # noqa: N802  # pyttsx3's name
        """Take any property."""

    def save_to_file(self, text: str, path: str) -> None:
        """Remember where to write."""
        self._path = path

    def runAndWait(self) -> None:  # noqa: N802  # pyttsx3's name
        """Write the sound, or none."""
        self.runs += 1
        samples = np.zeros(0 if self.runs <= self.silent else 4000, dtype=np.int16)
        samples[100:-100] = 5000
        whole = wav_bytes(samples, 22_050)
        Path(self._path).write_bytes(whole[:20] if self.broken and self.runs <= self.silent else whole)


@pytest.mark.parametrize("broken", [False, True])
def test_a_sentence_that_came_without_sound_or_half_written_is_spoken_again(broken: bool) -> None:
    load_library()
    engine = FlakyEngine(silent=2, broken=broken)
    assert len(espeak_worker._speak(engine, "yes", Voice("en-us")).samples) > 3000
    assert engine.runs == 3


@pytest.mark.proves("V.repeatable")
async def test_one_line_is_spoken_alike_whatever_was_said_before() -> None:
    synthesizer = RepeatableEspeakSynthesizer()
    try:
        said = [
            (await synthesizer.synthesize(text, DRIVER_VOICE)).samples.tobytes()
            for text in ("what's the weather in mannheim", "yes please", "what's the weather in mannheim")
        ]
    finally:
        await synthesizer.close()
    assert said[0] == said[2] != said[1]


def test_a_synthesizer_that_stays_silent_is_an_error_and_not_silence() -> None:
    load_library()
    with pytest.raises(RuntimeError, match="no sound came"):
        espeak_worker._speak(FlakyEngine(silent=99), "yes", Voice("en-us"))


@pytest.mark.proves("V.say")
def test_say_speaks_as_the_settings_say_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mcqueen.toml").write_text('[voice]\nname = "en-us"\nwords_per_minute = 100\n')
    lengths = {}
    for name, options in (
        ("settings", []),
        ("fast", ["--rate", "300"]),
        ("german", ["--voice", "de", "--rate", "300"]),
    ):
        out = tmp_path / f"{name}.wav"
        done = CliRunner().invoke(say, ["--out", str(out), *options, "um 7:30 Uhr für 4"])
        assert done.exit_code == 0, done.output
        lengths[name] = len(read_wav(out))
    assert lengths["fast"] < 0.6 * lengths["settings"]
    assert lengths["german"] != lengths["fast"]
    told = CliRunner().invoke(say, ["--voice", "nobody", "--out", str(tmp_path / "no.wav"), "hello"])
    assert told.exit_code != 0
    assert "nobody" in str(told.exception)


@pytest.mark.proves("V.no-portaudio")
def test_say_without_portaudio_names_the_cure_and_writes_a_wav_all_the_same(tmp_path: Path) -> None:
    """As where the library is missing: importing sounddevice fails just so."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "assistant.cli", *words],
            capture_output=True, text=True, env=environment, timeout=60, check=False,
        )  # fmt: skip

    spoken = run("say", "hello")
    assert spoken.returncode == 1
    assert "PortAudio is missing" in spoken.stderr
    assert "Traceback" not in spoken.stderr
    assert run("say", "--out", str(tmp_path / "a.wav"), "hello").returncode == 0
    found = run("doctor", "--audio")
    assert found.returncode == 1
    assert "PortAudio is missing" in found.stdout
