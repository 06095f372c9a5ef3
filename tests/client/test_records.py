"""The database: its chain, its migrations, and a clear word for every file that cannot be used."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from client.call import CallError, Failed, Outcome, Succeeded
from client.client_errors import RecordsError
from client.records import calls, ledger, migrations
from client.records.outcomes import outcome_from_text, outcome_to_text
from client.records.storage import Storage
from tests.client.harness import consent_to, make_call


async def fill(path: Path, rows: int = 5, steps: migrations.Migrations = migrations.MIGRATIONS) -> None:
    storage = await Storage.open(path, steps)
    for number in range(rows):
        call = make_call("pay", amount=number)
        consent = consent_to(call)
        await storage.run(lambda db, call=call, consent=consent: calls.begin(db, 1.5, call, consent, repeatable=False))  # type: ignore[misc]  # a lambda has no types
    await storage.close()


async def verify(path: Path) -> ledger.Verification:
    storage = await Storage.open(path)
    found = await storage.run(ledger.verify)
    await storage.close()
    return found


async def test_an_untouched_ledger_verifies(tmp_path: Path) -> None:
    await fill(tmp_path / "records.db")
    assert await verify(tmp_path / "records.db") == ledger.Verification(10)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE ledger SET detail = '{}' WHERE sequence = 4", 4),
        ("UPDATE ledger SET at = 2.5 WHERE sequence = 1", 1),
        ("DELETE FROM ledger WHERE sequence = 6", 6),
        ("DELETE FROM ledger WHERE sequence = 10", 10),
        ("UPDATE ledger SET previous = hash WHERE sequence = 3", 3),
    ],
)
async def test_a_tampered_ledger_names_the_row(tmp_path: Path, tampering: str, broken_at: int) -> None:
    path = tmp_path / "records.db"
    await fill(path)
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER ledger_no_update")
        db.execute("DROP TRIGGER ledger_no_delete")
        db.execute(tampering)
    db.close()
    assert (await verify(path)).broken_at == broken_at


@pytest.mark.parametrize("statement", ["UPDATE ledger SET at = 0", "DELETE FROM ledger"])
async def test_the_ledger_cannot_be_changed_by_accident(tmp_path: Path, statement: str) -> None:
    await fill(tmp_path / "records.db")
    storage = await Storage.open(tmp_path / "records.db")
    with pytest.raises(RecordsError, match="append-only"):
        await storage.run(lambda db: db.execute(statement))
    await storage.close()


async def test_the_ledger_and_the_calls_hold_no_arguments(tmp_path: Path) -> None:
    storage = await Storage.open(tmp_path / "records.db")
    call = make_call("send", text="meet me at the old harbour")
    consent = consent_to(call)
    await storage.run(lambda db: calls.begin(db, 1.0, call, consent, repeatable=False))
    await storage.run(lambda db: calls.finish(db, 1.0, call, Succeeded({"text": "sent"})))
    await storage.close()
    assert b"harbour" not in (tmp_path / "records.db").read_bytes()


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    await fill(tmp_path / "deep" / "records.db", 1)
    storage = await Storage.open(tmp_path / "deep" / "records.db")
    for path in (tmp_path / "deep").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    await storage.close()


async def test_a_database_from_every_older_schema_is_brought_up(tmp_path: Path) -> None:
    steps = (*migrations.MIGRATIONS, ("ALTER TABLE calls ADD COLUMN note TEXT DEFAULT 'new'",))
    for version in range(len(steps)):
        path = tmp_path / f"{version}.db"
        await (await Storage.open(path, steps[:version])).close()
        if version == len(migrations.MIGRATIONS):
            await fill(path, steps=steps[:version])
        storage = await Storage.open(path, steps)
        rows = await storage.run(lambda db: db.execute("SELECT version FROM migrations ORDER BY version").fetchall())
        assert [row[0] for row in rows] == list(range(1, len(steps) + 1))
        assert await storage.run(ledger.verify) == ledger.Verification(
            10 if version == len(migrations.MIGRATIONS) else 0
        )
        await storage.close()


async def test_a_migration_that_breaks_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    await fill(path)
    broken = (*migrations.MIGRATIONS, ("CREATE TABLE extra (x)", "THIS IS NOT SQL"))
    with pytest.raises(RecordsError):
        await Storage.open(path, broken)
    storage = await Storage.open(path)
    tables = await storage.run(lambda db: db.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchall())
    assert tables == []
    await storage.close()


async def test_a_database_from_the_future_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    await fill(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(RecordsError, match=r"newer McQueen.*schema 99.*update McQueen"):
        await Storage.open(path)


async def test_a_damaged_file_is_named_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"this is not a database, however long it may be" * 100)
    with pytest.raises(RecordsError, match="damaged; move it away"):
        await Storage.open(path)


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordsError, match="cannot be opened; check that the folder"):
        await Storage.open(tmp_path / "file" / "records.db")


async def test_a_file_that_another_program_holds_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "records.db"
    await fill(path, 1)
    monkeypatch.setattr("client.records.storage._BUSY_SECONDS", 0.05)
    script = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); db.execute('BEGIN IMMEDIATE'); "
        "print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(  # noqa: ASYNC220  # nothing else runs on this loop
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(RecordsError, match="another program holds it"):
        await Storage.open(path)
    holder.communicate("")
    await (await Storage.open(path)).close()


async def test_one_failing_job_does_not_take_its_neighbours_with_it(tmp_path: Path) -> None:
    import asyncio

    storage = await Storage.open(tmp_path / "records.db")

    def work(db: sqlite3.Connection, number: int) -> int:
        db.execute("INSERT INTO spent_consents VALUES (?, 0, '')", (str(number),))
        if number == 3:
            raise ValueError("three")
        return number

    jobs = [storage.run(lambda db, number=number: work(db, number)) for number in range(6)]  # type: ignore[misc]  # a lambda has no types
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [result for result in results if isinstance(result, int)] == [0, 1, 2, 4, 5]
    assert isinstance(results[3], ValueError)
    rows = await storage.run(lambda db: db.execute("SELECT consent_id FROM spent_consents").fetchall())
    assert sorted(row[0] for row in rows) == ["0", "1", "2", "4", "5"]
    await storage.close()


@pytest.mark.parametrize(
    "outcome",
    [
        Succeeded({"a": [1, None, {"b": "ü"}]}, 2, 0.5, "town", 3.0),
        Failed(CallError("invalid_arguments", "no", names=("a", "b"), retry_after=1.5)),
    ],
)
def test_an_outcome_comes_back_as_it_was(outcome: Outcome) -> None:
    assert outcome_from_text(outcome_to_text(outcome)) == outcome
