"""Real terminals and browsers: run by `make test-system`, skipped visibly where their programs are missing."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def asked_for(request: pytest.FixtureRequest) -> None:
    """Leave `make test` with what needs nothing but pip."""
    if "system" not in request.config.getoption("-m"):
        pytest.skip("needs programs from apt: make test-system")
