"""What every test has: how property tests search, and what is made once instead of once a test.

Property tests try the same cases each time in `make test`, new and many more in `make search`.

A gate must give one answer for one state of the code; finding what nobody thought of is a run of its own, whose finds
are kept as plain tests.
"""

from __future__ import annotations

import gc
import importlib
import os
import ssl
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings
from mcp import ClientSession

from client.servers.mcp.mcp_negotiation import Agreement

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


def pytest_collection_finish() -> None:
    """Leave the modules and the collected tests out of garbage collection: looking through them took a seventh."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """A client of httpx reads the certificates of the world when it is made, 0.03 s each; the tests make thousands."""
    with pytest.MonkeyPatch.context() as patch:
        for library in ("httpx", "httpx2"):
            module = importlib.import_module(f"{library}._transports.default")
            patch.setattr(module, "create_ssl_context", _once_for_defaults(module.create_ssl_context))
        yield


def _once_for_defaults(make: Callable[..., ssl.SSLContext]) -> Callable[..., ssl.SSLContext]:
    kept: dict[tuple[object, ...], ssl.SSLContext] = {}

    def create(verify: object = True, cert: object = None, trust_env: bool = True) -> ssl.SSLContext:
        if verify is not True or cert is not None:
            return make(verify=verify, cert=cert, trust_env=trust_env)
        key = (trust_env, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        if key not in kept:
            kept[key] = make(verify=True, cert=None, trust_env=trust_env)
        return kept[key]

    return create


@pytest.fixture
def handshake_era(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers ask in the middle of a call only in the handshake era; the newer revision has its own test."""

    async def shake_hands(
        session: ClientSession, _kept: object, place: str, _probe_seconds: float
    ) -> tuple[Agreement, bool]:
        await session.initialize()
        return Agreement(place, None), False

    monkeypatch.setattr("client.servers.mcp.mcp_server.negotiate", shake_hands)
