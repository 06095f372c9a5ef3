"""How the property tests search: the same cases each time in `make test`, new and many more in `make search`.

A gate must give one answer for one state of the code; finding what nobody thought of is a run of its own, whose finds
are kept as plain tests.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from mcp import ClientSession

from client.servers.mcp.mcp_negotiation import Agreement

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


@pytest.fixture
def handshake_era(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers ask in the middle of a call only in the handshake era; the newer revision has its own test."""

    async def shake_hands(
        session: ClientSession, _kept: object, place: str, _probe_seconds: float
    ) -> tuple[Agreement, bool]:
        await session.initialize()
        return Agreement(place, None), False

    monkeypatch.setattr("client.servers.mcp.mcp_server.negotiate", shake_hands)
