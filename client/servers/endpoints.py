"""One server with several endpoints: calls are balanced, and go to another endpoint as long as nothing was sent.

The rest of the client sees a single `ToolServer`. An endpoint that is away is checked in the background, so that no
call waits for it. A call that may have arrived is never sent again here: the retry table decides that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from client.call import CallError, Sent, ToolCall
from client.clock import Clock, wait_for_any
from client.resilience.balance import Balance, Balancer
from client.servers.tool_server import (
    Answer,
    FailureKind,
    Faulted,
    Health,
    InputWanted,
    Listing,
    ServerUnavailableError,
    ToolServer,
)
from client.values import JSON

_LOOK_AGAIN = 2.0
"""Seconds between checks of an endpoint that is away."""
MEASURE_AGAIN = 30.0
"""Seconds between two measurements of each endpoint, if the nearest one gets the calls."""
REACHED_WITHIN = 0.8
"""Seconds to reach one of several endpoints before the next one is tried."""
_MOST_QUESTIONS = 64


class EndpointsServer(ToolServer):
    """Several `ToolServer`s that act as one, for example three copies behind three URLs."""

    def __init__(
        self,
        name: str,
        endpoints: Sequence[ToolServer],
        clock: Clock,
        *,
        balance: Balance = Balance.ROUND_ROBIN,
        weights: Sequence[float] = (),
        trusted: bool = False,
        share_keys: bool = False,
    ) -> None:
        """Take at least one endpoint. `share_keys` says that all endpoints recognise a repeated idempotency key."""
        super().__init__(name, trusted=trusted)
        self.local = all(endpoint.local for endpoint in endpoints)
        self.address = " ".join(sorted(endpoint.address for endpoint in endpoints))
        self._endpoints = tuple(endpoints)
        self._clock = clock
        self._balancer = Balancer(balance, tuple(weights) or (1.0,) * len(endpoints), clock.monotonic)
        self._measures = balance is Balance.NEAREST
        self._share_keys = share_keys
        self._asked_at: dict[str, int] = {}
        """The endpoint that waits for an answer to its question, by `call_id`."""
        self._connecting: dict[int, asyncio.Task[ServerUnavailableError | None]] = {}
        self._listings: dict[int, Listing] = {}
        self._watcher: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        for endpoint in endpoints:
            endpoint.on_tools_changed = self._changed

    def _changed(self) -> None:
        self._listings.clear()
        if self.on_tools_changed is not None:
            self.on_tools_changed()

    @property
    def healthy(self) -> tuple[bool, ...]:
        """Which endpoints are connected, in the order given."""
        return tuple(place.up for place in self._balancer.endpoints)

    async def connect(self) -> None:
        """Connect all endpoints; return when the first is connected. Raises if none can be reached."""
        tasks = [self._connecting_to(number) for number in range(len(self._endpoints))]
        waiting: set[asyncio.Task[ServerUnavailableError | None]] = set(tasks)
        while waiting and not any(self.healthy):
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not any(self.healthy):
            failure = next((found for task in tasks if (found := task.result()) is not None), None)
            kind = failure.kind if failure is not None else FailureKind.NOT_SENT
            code = failure.code if failure is not None else ""
            raise ServerUnavailableError(self.name, kind, str(failure or f"{self.name} cannot be reached."), code)
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch(), name=f"endpoints of {self.name}")

    def _connecting_to(self, number: int) -> asyncio.Task[ServerUnavailableError | None]:
        """Return the one task that connects this endpoint now."""
        task = self._connecting.get(number)
        if task is None or task.done():
            task = asyncio.create_task(self._connect_one(number), name=f"endpoint {number} of {self.name}")
            self._connecting[number] = task
        return task

    async def _connect_one(self, number: int) -> ServerUnavailableError | None:
        place = self._balancer.endpoints[number]
        try:
            await self._endpoints[number].connect()
            # Each place must know its own tools: whether a key goes among the arguments, which headers repeat them.
            self._listings[number] = await self._endpoints[number].list_tools()
        except ServerUnavailableError as error:
            place.up = False
            self._lost.set()
            return error
        if self._measures:
            await self._measure(number)
        place.up = True
        return None

    async def _measure(self, number: int) -> None:
        look = await self._endpoints[number].health()
        self._balancer.endpoints[number].seconds = look.seconds if look.healthy else None

    async def _watch(self) -> None:
        """Check in the background for endpoints that are away, for as long as this server is open."""
        measured_at = self._clock.monotonic()
        while True:
            if all(self.healthy):
                self._lost.clear()
                left = measured_at + MEASURE_AGAIN - self._clock.monotonic() if self._measures else None
                await wait_for_any(self._clock, left, self._lost)
            if not all(self.healthy):
                await self._clock.sleep(_LOOK_AGAIN)
            with self._clock.working():
                away = [self._connecting_to(number) for number, up in enumerate(self.healthy) if not up]
                if away:
                    await asyncio.wait(away)
                if self._measures and self._clock.monotonic() - measured_at >= MEASURE_AGAIN:
                    up = [number for number, up in enumerate(self.healthy) if up]
                    await asyncio.gather(*(self._measure(number) for number in up))
                    measured_at = self._clock.monotonic()

    async def list_tools(self) -> Listing:
        """Return what the first healthy endpoint lists. Raises `ServerUnavailableError`."""
        last: ServerUnavailableError | None = None
        for number, place in enumerate(self._balancer.endpoints):
            if not place.up:
                continue
            try:
                kept = self._listings.pop(number, None)  # read a moment ago, when the place was connected
                return self._as_one(kept or await self._endpoints[number].list_tools())
            except ServerUnavailableError as error:
                last = error
                self._went(number)
        raise last or ServerUnavailableError(self.name, FailureKind.NOT_SENT, f"{self.name} is not connected.")

    def _as_one(self, listing: Listing) -> Listing:
        if self._share_keys:
            return listing
        # A place does not know the keys that another one saw, so that a lost answer there stays unknown here.
        return Listing(tuple(replace(tool, honours_keys=False) for tool in listing.tools), listing.rejected)

    def _went(self, number: int) -> None:
        self._balancer.endpoints[number].up = False
        self._lost.set()

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Send the call once, to the next healthy endpoint; if nothing was sent, to the one after it."""
        until = self._clock.monotonic() + seconds
        tried: list[int] = []
        answer: Answer = Faulted(
            FailureKind.NOT_SENT, CallError("not_sent", f"{self.name} cannot be reached.", Sent.NO)
        )
        while True:
            number = self._where(call, tried)
            if number is None:
                return answer
            tried.append(number)
            left = until - self._clock.monotonic()
            if left <= 0:
                return answer
            answer = await self._send(number, call, left, confirmed, answers)
            if not _not_sent(answer):
                return answer

    def _where(self, call: ToolCall, tried: Sequence[int]) -> int | None:
        asked_at = self._asked_at.pop(call.call_id, None)
        if asked_at is not None and asked_at not in tried and self._balancer.endpoints[asked_at].circuit.admit():
            return asked_at
        return self._balancer.choose(tried)

    async def _send(
        self, number: int, call: ToolCall, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None
    ) -> Answer:
        place = self._balancer.endpoints[number]
        place.busy += 1
        try:
            answer = await self._endpoints[number].call(call, seconds=seconds, confirmed=confirmed, answers=answers)
        except BaseException:
            place.circuit.abandoned()
            raise
        finally:
            place.busy -= 1
        if isinstance(answer, InputWanted):
            while len(self._asked_at) >= _MOST_QUESTIONS:
                self._asked_at.pop(next(iter(self._asked_at)))
            self._asked_at[call.call_id] = number
        if _unwell(answer):
            place.circuit.failed()
        else:
            place.circuit.succeeded()
        if isinstance(answer, Faulted) and answer.kind in (FailureKind.NOT_SENT, FailureKind.SESSION_LOST):
            self._went(number)  # the next connect, or the watcher, makes it anew
        return answer

    def decline(self, call: ToolCall) -> None:
        """Decline the question that the call left open, at the endpoint that asked it."""
        asked_at = self._asked_at.pop(call.call_id, None)
        if asked_at is not None:
            self._endpoints[asked_at].decline(call)

    async def health(self) -> Health:
        """Check every connected endpoint. The server is healthy if one of them is."""
        looks = await asyncio.gather(
            *(endpoint.health() for endpoint, up in zip(self._endpoints, self.healthy, strict=True) if up)
        )
        well = sum(look.healthy for look in looks)
        seconds = min((look.seconds for look in looks if look.healthy), default=0.0)
        return Health(well > 0, seconds, f"{well} of {len(self._endpoints)} endpoints")

    async def close(self) -> None:
        """End every connection."""
        tasks: set[asyncio.Task[Any]] = {task for task in self._connecting.values() if not task.done()}
        if self._watcher is not None:
            tasks.add(self._watcher)
            self._watcher = None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await asyncio.gather(*(endpoint.close() for endpoint in self._endpoints))
        for place in self._balancer.endpoints:
            place.up = False


def _not_sent(answer: Answer) -> bool:
    return isinstance(answer, Faulted) and answer.kind is FailureKind.NOT_SENT


def _unwell(answer: Answer) -> bool:
    """Return whether the answer shows that the endpoint has a problem, rather than that it refuses this call."""
    if not isinstance(answer, Faulted):
        return False
    lost = answer.kind is FailureKind.ANSWER_LOST and answer.error.code not in ("rate_limited", "unavailable")
    return answer.kind is FailureKind.NOT_SENT or lost
