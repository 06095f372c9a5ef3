"""`mcqueen servers new`: what it writes runs, passes the review, and does by voice what its page says."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli.starter_command import STARTERS
from assistant.cli.trying import TrySession, try_server
from assistant.settings.settings import Settings
from tests.assistant.cli.test_call import environment, run_here

pytestmark = pytest.mark.proves("S.starters")


def written(home: Path, starter: str) -> str:
    """Write a server and return the command that starts it."""
    code, out, complaint = run_here(home, ("servers", "new", f"my-{starter}", "--from", starter, "--json"))
    assert (code, complaint) == (0, "")
    command: str = json.loads(out)["command"]
    return command


async def said(home: Path, command: str, capsys: pytest.CaptureFixture[str], *lines: str) -> str:
    """Try these lines and return what was read back and said."""
    session = TrySession(command, only=True, voice=False, keep=None)
    assert await try_server(session, Settings(data_folder=str(home / "data")), io.StringIO("\n".join(lines)))
    shown = capsys.readouterr().out
    return "\n".join(re.findall(r"^ +(?:says|reads back|asks) +\"(.*)\"$", shown, re.MULTILINE))


@pytest.mark.parametrize("starter", STARTERS)
def test_what_is_written_passes_the_review_without_an_error_or_a_warning(tmp_path: Path, starter: str) -> None:
    command = written(tmp_path, starter)
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "review", command, "--json"],
        env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["score"] == 100, found["findings"]
    assert [one for one in found["findings"] if one["severity"] != "advice"] == []
    assert len(found["tools"]) == {"weather": 1, "notes": 3, "booking": 3}[starter]


async def test_the_weather_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = written(tmp_path, "weather")
    heard = await said(tmp_path, command, capsys, "weather", "munich", "how is the weather in ulm", "weather in paris")
    assert "fog, at 4 degrees" in heard
    assert "Which city?\nIn munich there is sun" in heard
    assert "I know no weather for paris." in heard
    assert "Shall I" not in heard


@pytest.mark.proves("C.key-unasked")
async def test_notes_are_kept_after_a_yes_and_taken_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = written(tmp_path, "notes")
    heard = await said(tmp_path, command, capsys, "note that the tyres are old", "yes", "add a note", "buy milk", "yes")
    assert "Add note: the tyres are old. Shall I add this?" in heard
    assert "key" not in heard
    kept = json.loads((tmp_path / "my-notes.json").read_text())  # a small file of this test
    assert list(kept.values()) == ["the tyres are old", "buy milk"]
    heard = await said(tmp_path, command, capsys, "add a note", "call ben", "yes", "undo that", "yes", "list my notes")
    assert "Shall I delete this?" in heard
    assert heard.endswith("2: the tyres are old; buy milk.")
    heard = await said(tmp_path, command, capsys, "delete the note buy milk", "no", "list my notes")
    assert heard.endswith("2: the tyres are old; buy milk.")


@pytest.mark.proves("C.key-unasked")
async def test_a_table_is_booked_after_a_yes_and_cancelled_by_undo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = written(tmp_path, "booking")
    lines = ["book a table for four tomorrow at seven in the evening", "yes", "undo that", "yes"]
    lines += ["book a table for two", "friday", "half past eight in the evening", "yes", "list my bookings"]
    heard = (await said(tmp_path, command, capsys, *lines)).splitlines()
    assert heard[0] == "Book table: people 4, day tomorrow, hour 7 p.m. Shall I book this?"
    assert "table for 4, tomorrow, 19:00, number 1" in heard[1]
    assert "Shall I call this off?" in heard[2]
    assert "Booking 1 is cancelled." in heard[3]
    assert heard[4] == "For which day?"
    assert "people 2, day Friday, hour 8:30 p.m." in heard[6]
    assert "2 people, Friday, 20:30" in heard[-1]
    assert "4 people" not in heard[-1]


@pytest.mark.parametrize("name", ["Weather", "../weather", "a b", "-x", "", "x" * 41])
def test_a_name_that_is_none_writes_nothing(tmp_path: Path, name: str) -> None:
    code, _, complaint = run_here(tmp_path, ("servers", "new", "--from", "weather", "--", name))
    assert (code, "is no name for a server" in complaint) == (2, True), complaint
    assert list(tmp_path.rglob("*.py")) == []


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("# my own\n")
    code, _, complaint = run_here(tmp_path, ("servers", "new", "mine"))
    assert (code, "mine.py is there already" in complaint) == (2, True)
    assert (tmp_path / "mine.py").read_text() == "# my own\n"


def test_the_next_commands_are_told_as_they_can_be_given(tmp_path: Path) -> None:
    folder = tmp_path / "my folder"
    folder.mkdir()
    (folder / "mcqueen").mkdir()
    code, out, _ = run_here(folder, ("servers", "new", "mine", "--from", "weather"))
    assert code == 0
    assert re.findall(r"^  mcqueen (\w+)", out, re.MULTILINE) == ["try", "review", "servers"]
    assert str(folder / "mine.py") in out
