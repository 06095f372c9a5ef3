"""Every cell of the table of doors is tried by going through that door; the table and the trials match both ways."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doors import by_author, by_chat, by_client, by_driver, by_hand, by_page, by_serving
from tests.doors.cells import CELLS
from tests.doors.oracle import Oracle
from tests.doors.table import cells, columns, doors
from tests.doors.ways import Place

TRIED = (by_author, by_chat, by_client, by_driver, by_hand, by_page, by_serving)
"""The modules that register trials."""


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """A running oracle, and a home of its own for everything that is kept."""
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.chdir(tmp_path)
    async with Oracle().serving() as oracle:
        yield Place(oracle, tmp_path / "data" / "mcqueen", monkeypatch)


@pytest.mark.proves("S.doors")
def test_no_cell_is_empty_and_each_has_its_trial() -> None:
    assert set(CELLS) == set(cells())
    assert all(set(door) == {"name", *columns()} and all(door.values()) for door in doors().values())


@pytest.mark.proves("S.doors")
@pytest.mark.parametrize(("door", "column"), cells(), ids=[f"{door}-{column}" for door, column in cells()])
async def test_the_cell_holds(place: Place, door: str, column: str) -> None:
    await CELLS[door, column](place)
