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
        """End the turn now; what was said so far is the whole utterance."""
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
        """Stop speaking and return what is said; None if no words come."""
        ...

    def go_on(self) -> None:
        """Resume the speech that was interrupted."""
        ...


class UnwordedRecords(Protocol):
    """Where requests are kept that wait for their words (`client.records.unworded`)."""

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
    """What is kept about tools that need not be asked about (`client.configuration.tool_permissions`)."""

    async def give(self, tool: Tool) -> None:
        """Keep that the tool, as it is now, need not be asked about."""
        ...

    async def take_back(self, tool: Tool) -> bool:
        """Keep that it is asked about; False if it was anyway."""
        ...


class ToolsPort(Protocol):
    """The tools that the runtime needs."""

    @property
    def catalog(self) -> Catalog:
        """The tools that are known now."""
        ...

    @property
    def unworded(self) -> UnwordedRecords:
        """Requests that wait for their words."""
        ...

    @property
    def permissions(self) -> PermissionsPort:
        """What need not be asked about."""
        ...

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Have `listener` told of every notice; returns the way to stop."""
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
        """Decline what a server asked in the middle of a call, and with it the call."""
        ...

    async def approve(self, server: str, tool: str, fingerprint: str = "") -> bool:
        """Accept a changed tool as it is now."""
        ...

    async def cancel_waiting(self, call_id: str) -> bool:
        """Take a waiting call back; False where it is already on its way or done."""
        ...
