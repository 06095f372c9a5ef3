"""What a long-running program has loaded is left out of the garbage collector's rounds, once it has settled."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from client.standing_memory import settling


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


async def test_what_is_loaded_is_frozen_after_a_while() -> None:
    with settling(0.01):
        assert gc.get_freeze_count() == 0
        await asyncio.sleep(0.05)
        assert gc.get_freeze_count() > 1000


async def test_a_program_that_ends_before_freezes_nothing() -> None:
    with settling(0.01):
        pass
    await asyncio.sleep(0.05)
    assert gc.get_freeze_count() == 0
