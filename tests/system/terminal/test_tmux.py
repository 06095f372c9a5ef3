"""The dashboard on a real terminal, tmux's: typed at, pressed, resized and read off the screen."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not there: apt-get install tmux"),
]
PATIENCE = 60.0
"""Seconds for the program to start and to answer, on a busy machine."""

WORDS = ("asks first", "circuit", "Ledger", "recognizer", "Parking brake", "cache")
"""Something that each screen after the conversation shows."""


class Terminal:
    """One tmux session of its own server."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._server = ["tmux", "-L", f"mcqueen-test-{os.getpid()}-{folder.name}", "-f", os.devnull]
        self._folder = folder
        self._environment = environment

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            [*self._server, *words], capture_output=True, text=True, check=False, timeout=20, cwd=self._folder
        )
        return done.stdout

    def open(self, columns: int, rows: int, *options: str) -> None:
        """Start the dashboard."""
        command = [sys.executable, "-m", "assistant.cli", "dashboard", "--no-sound", *options]
        settings = [f"{name}={value}" for name, value in self._environment.items()]
        # What it says last stays readable after it has ended.
        line = f"env {shlex.join(settings)} {shlex.join(command)}; echo ended $?; sleep 60"
        self._tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), line)

    def close(self) -> None:
        """End this server."""
        self._tmux("kill-server")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type letters as they are."""
        self._tmux("send-keys", "-l", text)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return self._tmux("capture-pane", "-p")

    def until(self, condition: Callable[[str], bool]) -> str:
        """Wait for the screen to show something; return it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if condition(screen := self.screen):
                return screen
            time.sleep(0.1)
        raise AssertionError(f"the terminal did not show what was waited for, but\n{self.screen}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal with settings and data of its own, UTF-8 and colours."""
    environment = {
        "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "share"),
        "MCQUEEN_DASHBOARD__WELCOMED": "true", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "tmux-256color",
        "COLUMNS": "80", "LINES": "24",  # as some shells export them: the terminal's own size counts
    }  # fmt: skip
    found = Terminal(tmp_path, environment)
    yield found
    found.close()


@pytest.mark.proves("F.terminal")
def test_a_booking_is_typed_confirmed_and_read_on_a_real_terminal(terminal: Terminal) -> None:
    terminal.open(80, 24)
    terminal.until(lambda screen: "READY" in screen and " tools" in screen and " 0 tools" not in screen)
    terminal.type("book a table at luigi's for two tomorrow at seven")
    terminal.until(lambda screen: "at seven" in screen)
    terminal.press("Enter")
    terminal.until(
        lambda screen: screen.count("Shall I book this?") >= 2 and ("LISTENING" in screen or "CONFIRM" in screen)
    )
    terminal.press("F5")
    driving = terminal.until(lambda screen: "km/h" in screen)
    assert "luigi" not in driving.lower()
    terminal.press("F5")
    terminal.until(lambda screen: "Conversation" in screen)
    terminal.resize(140, 45)
    terminal.until(lambda screen: max(map(len, screen.splitlines())) > 120)
    terminal.type("yes")
    terminal.press("Enter")
    terminal.until(lambda screen: "is booked" in screen)
    terminal.press("Escape")
    terminal.until(lambda screen: "space Talk" in screen)  # a key right after Escape would be Alt with that key
    for key, words in zip("234567", WORDS, strict=True):
        terminal.press(key)
        terminal.until(lambda screen, words=words: words in screen)  # type: ignore[misc]  # bound at once
    terminal.press("F1")
    terminal.until(lambda screen: "Everywhere when parked" in screen)
    terminal.press("Escape")
    terminal.resize(30, 8)
    terminal.until(lambda screen: "Make the terminal" in screen)
    terminal.resize(80, 24)
    terminal.press("C-q")
    terminal.until(lambda screen: "ended 0" in screen)


@pytest.mark.proves("F.terminal")
def test_a_terminal_without_utf8_and_colours_is_drawn_in_ascii(terminal: Terminal) -> None:
    terminal._environment |= {"LANG": "C", "LC_ALL": "POSIX", "NO_COLOR": "1", "PYTHONUTF8": "0",
                              "PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0"}  # fmt: skip
    terminal.open(80, 24)
    terminal.until(lambda screen: "READY" in screen and " tools" in screen)
    terminal.press("F5")
    screen = terminal.until(lambda screen: "km/h" in screen)
    assert screen.isascii()
    assert "#####" in screen
    terminal.press("C-q")
    terminal.until(lambda screen: "ended 0" in screen)
