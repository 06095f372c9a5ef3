"""What the tests of logins share: an HTTP client, and a machine without a keyring."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import keyring
import pytest
from keyring.backends import fail

from client.http import open_http_client


@pytest.fixture
def no_ring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring ships few types
    yield
    keyring.set_keyring(before)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with open_http_client() as client:
        yield client
