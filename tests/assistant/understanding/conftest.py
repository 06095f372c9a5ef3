"""Interpreters over the made-up catalogs, built once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from tests.assistant.understanding.catalogs import CAR, ODD

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
"""A Saturday."""


@pytest.fixture(scope="session")
def car() -> Interpreter:
    return Interpreter(CAR)


@pytest.fixture(scope="session")
def odd() -> Interpreter:
    return Interpreter(ODD)


@pytest.fixture
def context() -> Context:
    return Context(now=NOW.timestamp())
