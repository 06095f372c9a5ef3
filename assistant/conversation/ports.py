"""The protocols for ears, mouth and tools that a conversation needs. Types only.

Live devices, drives and tests implement ears and mouth; `client.tool_client.ToolClient` implements the tools.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from client.call import Consent, Outcome, ToolCall
from client.catalog import Catalog, Tool
from client.notices import Notice
from client.records.ledger import LedgerRow
from client.records.outbox import OutboxRow
from client.values import JSON
from voice.recognition.recognizer_base import Grammar, Transcript


class Ear(Protocol):
    """The ear that the runtime needs."""

    async def listen(self, grammar: Grammar, seconds: float) -> Transcript | None:
        """Return what was said: an empty text if it was not understood, None if nobody spoke within `seconds`."""
        ...

    def end_turn(self) -> None:
        """End the turn now; the utterance is what was said so far."""
        ...


class SpokenPort(Protocol):
    """What a mouth reports about an utterance."""

    @property
    def synthesis_seconds(self) -> float:
        """Seconds that it took to make the sound."""
        ...


class MouthPort(Protocol):
    """The mouth that the runtime needs."""

    async def say(self, text: str) -> SpokenPort:
        """Speak, and return when playback ended. Cancelling it stops playback."""
        ...

    async def earcon(self, name: str) -> None:
        """Play a short sign."""
        ...

    def set_pace(self, pace: float) -> None:
        """Speak from now on at this share of the usual rate."""
        ...

    def set_loudness(self, loudness: float) -> None:
        """Speak from now on at this share of the usual volume."""
        ...


class Interruptions(Protocol):
    """What the runtime needs so that the driver can speak over it."""

    def watch(self, watching: bool) -> None:
        """Start or stop listening for speech over ours."""
        ...

    async def interruption(self) -> None:
        """Return when somebody has spoken over us long enough."""
        ...

    def overlapping(self) -> bool:
        """Return whether somebody began to speak while we did and still does."""
        ...

    async def words(self, grammar: Grammar) -> Transcript | None:
        """Stop speaking and return the driver's words; None if no words come."""
        ...

    def go_on(self) -> None:
        """Resume the speech that was interrupted."""
        ...


class UnwordedRecords(Protocol):
    """Stores requests that still lack their message text (`client.records.unworded`)."""

    async def keep(self, request_id: str, tool: str, arguments: Mapping[str, JSON]) -> None:
        """Store a request. Raises `RecordsError`."""
        ...

    async def rows(self) -> list[OutboxRow]:
        """Return the stored requests, oldest first. Raises `RecordsError`."""
        ...

    async def forget(self, request_id: str) -> bool:
        """Erase a request; False if there is none with that id. Raises `RecordsError`."""
        ...


class PermissionsPort(Protocol):
    """Stores which tools need no question (`client.configuration.tool_permissions`)."""

    async def give(self, tool: Tool) -> None:
        """Store that the driver need not be asked about the tool in its present form."""
        ...

    async def take_back(self, tool: Tool) -> bool:
        """Store that the driver is asked about the tool again; False if they were asked anyway."""
        ...


class ToolsPort(Protocol):
    """The tools that the runtime needs."""

    @property
    def catalog(self) -> Catalog:
        """The present catalog."""
        ...

    @property
    def unworded(self) -> UnwordedRecords:
        """The requests that still lack their message text."""
        ...

    @property
    def permissions(self) -> PermissionsPort:
        """The stored permissions."""
        ...

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Call `listener` with every notice; return a function that ends this."""
        ...

    async def call(
        self,
        call: ToolCall,
        *,
        consent: Consent | None = None,
        deadline: float = 10.0,
        answers: Mapping[str, JSON] | None = None,
    ) -> Outcome:
        """Make the call, within `deadline` seconds."""
        ...

    async def recent(self, limit: int = 20) -> list[LedgerRow]:
        """Return the newest rows of the record of calls, newest first."""
        ...

    def decline(self, call: ToolCall) -> None:
        """Decline a server's question during a call, which ends the call."""
        ...

    async def approve(self, server: str, tool: str, fingerprint: str = "") -> bool:
        """Approve a changed tool in its present form."""
        ...

    async def cancel_waiting(self, call_id: str) -> bool:
        """Take a waiting call back. False if it is already being sent, or is done."""
        ...
