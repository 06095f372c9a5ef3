"""What was stored outlives a loss of power, a full disk and whatever cannot be written; each gets a clear word."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from client.call import CallError, Deferred, Succeeded, ToolCall
from client.client_errors import RecordsError
from client.records import ledger, outbox
from client.records.storage import Storage
from client.values import JSON
from tests.client.faulty_server import FaultyServer
from tests.client.harness import at, consent_to, make_call, tool_client

ROOT = Path(__file__).parents[2]


def snapshot(folder: Path, to: Path) -> None:
    """Copy the files as a loss of power would leave them: whatever is in them now, and no more."""
    to.mkdir()
    for path in folder.iterdir():
        if path.name.startswith("records.db") and not path.name.endswith("-shm"):
            shutil.copy(path, to / path.name)


async def store(storage: Storage, number: int) -> ToolCall:
    call = replace(make_call("send", text=str(number)), call_id=f"id-{number}", idempotency_key=f"key-{number}")
    deferred = Deferred(outbox_error(), 1e12)
    stored = await storage.run(
        lambda db: outbox.enqueue(db, float(number), call, consent_to(call), deferred, repeatable=False)
    )
    assert stored == deferred
    return call


def outbox_error() -> CallError:
    return CallError("not_sent", "away")


async def look(path: Path) -> tuple[list[str], ledger.Verification]:
    storage = await Storage.open(path)
    rows = await storage.run(outbox.waiting)
    found = await storage.run(ledger.verify)
    await storage.close()
    return [row.call.call_id for row in rows], found


@pytest.mark.proves("P3.power")
async def test_whatever_was_said_to_be_stored_is_there_after_a_loss_of_power(tmp_path: Path) -> None:
    live = tmp_path / "live"
    storage = await Storage.open(live / "records.db")
    for number in range(25):
        await store(storage, number)
        snapshot(live, tmp_path / str(number))
    await storage.close()
    for number in range(25):
        waiting, chain = await look(tmp_path / str(number) / "records.db")
        assert waiting == [f"id-{earlier}" for earlier in range(number + 1)]
        assert chain.broken_at is None


@pytest.mark.proves("P3.power")
@pytest.mark.parametrize("cut", [1, 17, 100, 2000, 4096, 4120])
async def test_a_write_that_was_cut_off_is_as_if_it_never_began(tmp_path: Path, cut: int) -> None:
    live = tmp_path / "live"
    storage = await Storage.open(live / "records.db")
    await store(storage, 0)
    await store(storage, 1)
    snapshot(live, tmp_path / "copy")
    await storage.close()
    log = tmp_path / "copy" / "records.db-wal"
    os.truncate(log, log.stat().st_size - cut)
    waiting, chain = await look(tmp_path / "copy" / "records.db")
    assert waiting == ["id-0"]
    assert chain.broken_at is None


@pytest.mark.proves("P3.disk")
async def test_a_full_disk_is_said_and_nothing_is_sent_nor_lost(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    async with FaultyServer() as server, tool_client(path, at(server.url)) as tools:
        await tools._storage.run(lambda db: limit_pages(db, None))
        paid: list[JSON] = []
        for amount in range(2000):
            call = make_call("pay", amount=amount)
            outcome = await tools.call(call, consent=consent_to(call))
            if outcome.kind != "succeeded":
                break
            paid.append({"amount": amount})
        assert outcome.kind == "failed"
        assert outcome.error.code == "records_failed"
        assert "the disk is full; make room and try again" in outcome.error.message
        assert server.executed == paid
        await tools._storage.run(lambda db: limit_pages(db, 1_000_000))
        assert (await tools.call(call, consent=consent_to(call))).kind == "succeeded"
    assert (await look(path))[1].broken_at is None


def limit_pages(db: sqlite3.Connection, pages: int | None) -> None:
    """Leave no room for another page, or room again."""
    (used,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages or used}").fetchall()


@pytest.mark.proves("P3.disk")
async def test_a_file_system_without_room_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    """A real limit of the system on how large a file may grow, in a process of its own."""
    script = (
        "import asyncio, resource, signal, sys\n"
        "from pathlib import Path\n"
        "from client.client_errors import RecordsError\n"
        "from client.records.storage import Storage\n"
        "from tests.client.test_storage_faults import store\n"
        "async def main(path):\n"
        "    storage = await Storage.open(path)\n"
        "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "    for number in range(100_000):\n"
        "        try:\n"
        "            await store(storage, number)\n"
        "        except RecordsError as error:\n"
        "            print(number, error)\n"
        "            return\n"
        "asyncio.run(main(Path(sys.argv[1])))\n"
    )
    path = tmp_path / "records.db"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True
    )
    number, _, message = done.stdout.partition(" ")
    assert message.startswith(f"the database {path}: "), done.stderr
    waiting, chain = await look(path)
    assert waiting == [f"id-{earlier}" for earlier in range(int(number))]
    assert int(number) > 3
    assert chain.broken_at is None


@pytest.mark.proves("P3.disk")
async def test_a_database_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    storage = await Storage.open(folder / "records.db")
    await store(storage, 0)
    # The seam: the system refuses every write from here on, as on a card that went read-only.
    await storage.run(lambda _: None)
    assert storage._connection is not None
    storage._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(RecordsError, match="cannot be written to; give the folder write permission"):
        await store(storage, 1)
    storage._connection.execute("PRAGMA query_only = OFF")
    await store(storage, 2)
    await storage.close()
    assert (await look(folder / "records.db"))[0] == ["id-0", "id-2"]


@pytest.mark.proves("P3.disk")
async def test_a_held_file_makes_a_call_wait_and_then_fail_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.records.storage._BUSY_SECONDS", 0.1)
    path = tmp_path / "records.db"
    async with FaultyServer() as server, tool_client(path, at(server.url)) as tools:
        await tools.waiting()  # whatever the start had to write is written
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        call = make_call("pay", amount=1)
        outcome = await tools.call(call, consent=consent_to(call))
        assert outcome.kind == "failed"
        assert "another program holds it" in outcome.error.message
        assert server.executed == []
        assert isinstance(await tools.call(make_call("get_weather", place="Ulm")), Succeeded)
        holder.execute("ROLLBACK")
        holder.close()
        assert (await tools.call(call, consent=consent_to(call))).kind == "succeeded"
