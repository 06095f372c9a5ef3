"""Commands that hear or speak use the speech servers of the settings, and say so where those are away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

AWAY = 'recognizer = "wyoming"\nwyoming = "tcp://127.0.0.1:9"\nwyoming_speech = "tcp://127.0.0.1:9"\n'


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "mcqueen.toml").write_text(f"[voice]\n{AWAY}")
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[3])
    command = [sys.executable, "-m", "assistant.cli", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_doctor_asks_the_speech_servers_of_the_settings(tmp_path: Path) -> None:
    told = run(tmp_path, "doctor")
    lines = {line[9:31].strip(): line for line in told.stdout.splitlines()}
    assert lines["recognizer"].startswith("MISSING")
    assert "tcp://127.0.0.1:9 cannot be reached" in lines["recognizer"]
    assert lines["speech server"].startswith("without")
    assert "voice.wyoming_speech" in lines["speech server"]
    assert told.returncode == 1


def test_say_speaks_by_the_server_of_the_settings_and_says_that_it_is_away(tmp_path: Path) -> None:
    told = run(tmp_path, "say", "The table is booked.", "--out", "a.wav")
    assert "tcp://127.0.0.1:9 cannot be reached" in told.stderr
    assert (tmp_path / "a.wav").stat().st_size > 10_000
    named = run(tmp_path, "say", "--voice", "en-gb", "The table is booked.", "--out", "b.wav")
    assert named.stderr == ""
