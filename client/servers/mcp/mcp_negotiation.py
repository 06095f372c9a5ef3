"""Finds out once which revision of MCP a server speaks, and stores it, so that the next start saves a round trip.

2026-07-28 is tried first (`server/discover`); a server that does not know it gets the handshake. Only an answer is a
verdict: a server that is away proves nothing, and a process that ends at the first question gets the handshake.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp import ClientSession, MCPError
from mcp_types import CONNECTION_CLOSED, UNSUPPORTED_PROTOCOL_VERSION
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATEST_MODERN_VERSION, MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from client.http import fault_from_data

_ROUNDS = 3
_NO_ANSWER_OF_MCP = ("server_error", "answer_unreadable")
"""Answers of older servers to the newer revision's first question: status 500, plain text."""


class ProbeEndedError(MCPError):
    """The server ended the connection at the first question of the newest revision."""


@dataclass(frozen=True)
class Agreement:
    """The result of a negotiation with a server, in the form in which it is stored."""

    place: str
    """Digest of the server's address, so that an entry that now names another server starts afresh."""
    discovered: dict[str, Any] | None
    """Its discover result (2026-07-28); None for a server of the handshake revisions."""
    guessed: bool = False
    """Whether nothing is agreed yet: the handshake is tried because the newer question ended the connection."""

    def to_text(self) -> str:
        """Return it as JSON."""
        return json.dumps({"place": self.place, "discovered": self.discovered}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str, place: str) -> Agreement | None:
        """Return the agreement stored for this address; None for anything else."""
        try:
            raw = json.loads(text)
            if raw["place"] == place and isinstance(raw["discovered"], dict | None):
                return cls(place, raw["discovered"])
        except (ValueError, KeyError, TypeError):
            pass
        return None


def place_of(address: str) -> str:
    """Return a digest of a URL or command line. The text itself may hold secrets and is not stored."""
    return hashlib.sha256(address.encode()).hexdigest()


async def negotiate(
    session: ClientSession, kept: Agreement | None, place: str, probe_seconds: float
) -> tuple[Agreement, bool]:
    """Agree on a revision; return it, and whether it comes from an earlier start. Raises `MCPError`.

    If a server does not answer the newer revision's question within `probe_seconds`, it gets the handshake as well.
    """
    if kept is not None and kept.discovered is not None:
        try:
            session.adopt(types.DiscoverResult.model_validate(kept.discovered))
        except (ValidationError, RuntimeError):
            pass  # written by another version of the SDK: ask again
        else:
            return kept, True
    elif kept is not None:
        await session.initialize()
        return (kept, True) if not kept.guessed else (Agreement(place, None), False)
    return await _ask(session, place, probe_seconds), False


async def _ask(session: ClientSession, place: str, probe_seconds: float) -> Agreement:
    version = LATEST_MODERN_VERSION
    handshake = Agreement(place, None)
    for _ in range(_ROUNDS):
        try:
            async with asyncio.timeout(probe_seconds):
                raw = await session.send_discover(version)
        except TimeoutError:
            pass  # some servers of older revisions do not answer unknown methods at all
        except MCPError as error:
            if error.code == CONNECTION_CLOSED:
                raise ProbeEndedError(error.code, error.message, error.data) from error
            fault = fault_from_data(error.data)
            if fault is not None and fault.code not in _NO_ANSWER_OF_MCP:
                raise
            supported = _supported(error)
            mutual = [known for known in MODERN_PROTOCOL_VERSIONS if known in supported]
            if mutual and mutual[-1] != version:
                version = mutual[-1]
                continue
            if supported and not any(known in HANDSHAKE_PROTOCOL_VERSIONS for known in supported):
                raise  # the server speaks only revisions that we do not speak
        else:
            result = _discovered(raw)
            if result is not None:
                session.adopt(result)
                return Agreement(place, result.model_dump(mode="json", by_alias=True, exclude_none=True))
        try:
            await session.initialize()
        except MCPError as error:
            mutual = [known for known in MODERN_PROTOCOL_VERSIONS if known in _supported(error)]
            if not mutual:
                raise
            version = mutual[-1]  # the server refused the handshake and named a newer revision
            continue
        return handshake
    raise MCPError(UNSUPPORTED_PROTOCOL_VERSION, "no revision is spoken by both sides")


def _supported(error: MCPError) -> list[str]:
    if error.code != UNSUPPORTED_PROTOCOL_VERSION:
        return []
    try:
        return types.UnsupportedProtocolVersionErrorData.model_validate(error.data).supported
    except ValidationError:
        return []


def _discovered(raw: dict[str, Any]) -> types.DiscoverResult | None:
    try:
        result = types.DiscoverResult.model_validate(raw)
    except ValidationError:
        return None  # not an answer that a server of this revision gives
    return result if any(known in result.supported_versions for known in MODERN_PROTOCOL_VERSIONS) else None
