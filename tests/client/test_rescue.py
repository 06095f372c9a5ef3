"""A damaged file of records is told as damaged, and what waits in it is got out without changing it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import doctor_command, outbox_command
from client.records.rescue import examine, rescue
from client.records.storage import Storage
from tests.client.test_storage_faults import store

PAGE = 4096
CALLS = 200


async def fill(path: Path) -> None:
    storage = await Storage.open(path)
    for number in range(CALLS):
        await store(storage, number)
    await storage.close()


def pages_of_the_outbox(path: Path) -> list[int]:
    """Return the pages that hold its rows, by what stands there."""
    raw = path.read_bytes()
    found = []
    for number in range(len(raw) // PAGE):
        page = raw[number * PAGE : (number + 1) * PAGE]
        if page[0] == 0x0D and b"pending" in page and b"town" in page and b'{"text"' in page:
            found.append(number)
    return found


def damage(path: Path, page: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    path.write_bytes(raw)


async def test_a_sound_file_is_said_to_be_sound_with_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    await fill(path)
    before = path.read_bytes()
    found = examine(path)
    assert (found.problem, found.waiting) == ("", CALLS)
    assert [call.call_id for call in rescue(path)] == [f"id-{number}" for number in range(CALLS)]
    assert path.read_bytes() == before


@pytest.mark.proves("P3.disk")
async def test_all_calls_but_those_of_the_damaged_page_are_got_out(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    await fill(path)
    pages = pages_of_the_outbox(path)
    assert len(pages) > 2
    for page in pages:
        copy = tmp_path / f"damaged-{page}.db"
        copy.write_bytes(path.read_bytes())
        lost = path.read_bytes()[page * PAGE : (page + 1) * PAGE].count(b'{"text"')
        damage(copy, page)
        assert "damaged" in examine(copy).problem
        assert len(rescue(copy)) >= CALLS - lost


async def test_a_file_that_is_no_database_is_said_and_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"no database at all" * 1000)
    assert "damaged" in examine(path).problem
    assert rescue(path) == []


@pytest.mark.proves("P3.disk")
async def test_doctor_and_outbox_rescue_say_what_a_damaged_file_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCQUEEN_DATA_FOLDER", str(tmp_path))
    monkeypatch.setattr("assistant.cli.doctor_command._CHECKS", (doctor_command._records,))
    path = tmp_path / "mcqueen.sqlite3"
    await fill(path)
    damage(path, pages_of_the_outbox(path)[0])
    said = CliRunner().invoke(doctor_command.command, [])
    assert "damaged" in said.stdout
    assert "confirmed calls wait that can be read: mcqueen outbox rescue" in said.stdout
    rescued = CliRunner().invoke(outbox_command.command, ["rescue", str(path)])
    lines = [json.loads(line) for line in rescued.stdout.splitlines()]
    assert f"{len(lines)} confirmed calls wait" in said.stdout
    assert lines[-1]["arguments"] == {"text": str(CALLS - 1)}
    assert lines[-1]["idempotency_key"] == f"key-{CALLS - 1}"
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("SELECT * FROM outbox").fetchall()
