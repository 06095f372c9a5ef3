"""A world on a clock that stands still on a Monday afternoon."""

from __future__ import annotations

import pytest

from assistant.town.world import World
from tests.assistant.town.clock import SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def world(clock: SetClock) -> World:
    return World(seed=1, now=clock)
