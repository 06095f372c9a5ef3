"""A server process in several copies on this machine: more copies under load, fewer after a quiet time.

The rest of the client sees one server. Each copy is a supervised process of its own; the first one always stays. A call
goes once to one copy, and a question that it asks is answered there. Copies share nothing, so this suits only servers
that store nothing in their process. A copy that lists other tools than the first gets no call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from client.call import CallError, Sent, ToolCall
from client.clock import Clock, wait_for_any
from client.servers.processes.copies import Copies, Copy
from client.servers.processes.counts import Counts
from client.servers.processes.process_use import ProcessMeter, ProcessUse
from client.servers.processes.scaling import Load, LoadHistory, Scale, ScaleRules, copies_for
from client.servers.processes.supervision import OperatedServer, ServerReport, ServerStatus
from client.servers.readable import Readable
from client.servers.tool_server import (
    Answer,
    Configurable,
    FailureKind,
    Faulted,
    Health,
    InputWanted,
    Listing,
    Progress,
    ServerUnavailableError,
)
from client.values import JSON

_log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
"""Seconds between two checks of processor, memory, and whether fewer copies are enough."""
HELD_OFF_SECONDS = 30.0
"""Seconds after a failed start before another copy is started."""
_SAVE_SECONDS = 300.0

Uses = Callable[[int], ProcessUse | None]
"""Returns the usage of a process, by its id; blocks for milliseconds."""


class ScaledServer(OperatedServer):
    """Copies of one server. `make` returns the supervised process with a number, counted from 1."""

    def __init__(
        self,
        make: Callable[[int], OperatedServer],
        clock: Clock,
        rules: ScaleRules,
        history: LoadHistory | None = None,
        uses: Uses | None = None,
    ) -> None:
        """`history` stores the load of past days; `uses` measures processes, by default on this machine."""
        first = make(1)
        super().__init__(first.name, trusted=first.trusted)
        self.local, self.agrees, self.address = first.local, first.agrees, first.address
        self._make = make
        self._clock = clock
        self._rules = rules
        self._scale = Scale(rules)
        self._history = history or LoadHistory()
        self._uses = uses or ProcessMeter().look
        self._copies = Copies([self._joined(Copy(first, 1))], rules.queue)
        self._listed: Mapping[str, str] | None = None
        """The fingerprints of the tools that the first copy listed, by name."""
        self._gone = Counts()
        """Totals of the copies that were stopped."""
        self._used = (0.0, 0)
        self._held_off_until = 0.0
        self._pressed = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._starting: dict[int, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def _joined(self, copy: Copy) -> Copy:
        copy.server.on_tools_changed = self._tell
        return copy

    def _tell(self) -> None:
        if self.on_tools_changed is not None:
            self.on_tools_changed()

    # -- what the first copy offers beyond tools --

    @property
    def _first(self) -> OperatedServer:
        return self._copies.all[0].server

    @property
    def on_agreed(self) -> Callable[[str], None] | None:
        """As in the first copy, which agrees for all."""
        return self._first.on_agreed

    @on_agreed.setter
    def on_agreed(self, observer: Callable[[str], None] | None) -> None:
        self._first.on_agreed = observer

    @property
    def on_progress(self) -> Progress | None:
        """As in all copies."""
        return self._first.on_progress

    @on_progress.setter
    def on_progress(self, observer: Progress | None) -> None:
        for copy in self._copies.all:
            copy.server.on_progress = observer

    @property
    def session_words(self) -> str:
        """As in the first copy."""
        return self._first.session_words

    @property
    def process_id(self) -> int | None:
        """Of the first copy."""
        return self._first.process_id

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Of all copies."""
        return tuple(pid for copy in self._copies.all for pid in copy.server.process_ids)

    @property
    def user_id(self) -> str:
        """As in the first copy."""
        return self._first.user_id

    @property
    def readable(self) -> Readable | None:
        """As in the first copy."""
        return self._first.readable

    @property
    def configurable(self) -> Configurable | None:
        """As in the first copy."""
        return self._first.configurable

    def late(self) -> str:
        """As in the first copy."""
        return self._first.late()

    def remember(self, kept: str) -> None:
        """Pass on to the first copy."""
        self._first.remember(kept)

    # -- the operator --

    def report(self) -> ServerReport:
        """Return the present state of the first copy, with the processes and counts of all copies."""
        reports = [copy.server.report() for copy in self._copies.all]
        counts, restarts = self._gone, 0
        for one in reports:
            counts, restarts = counts + one.counts, restarts + one.restarts
        pids = tuple(pid for one in reports for pid in one.pids)
        return replace(reports[0], pids=pids, restarts=restarts, counts=counts)

    async def start(self) -> None:
        """Start the first copy; the others follow. Raises `ServerUnavailableError` if it does not start."""
        await self._first.start()
        await self.connect()

    async def stop(self) -> None:
        """Stop all copies, until `start`. The answers of calls in progress are lost."""
        await self._alone()
        await self._first.stop()

    async def restart(self) -> None:
        """Stop all copies and start the first. Raises `ServerUnavailableError` if it does not start."""
        await self.stop()
        await self.start()

    async def save(self) -> None:
        """Add the new counts to the file, and keep the history of the load."""
        await asyncio.gather(*(copy.server.save() for copy in self._copies.all))
        with self._clock.working():
            await asyncio.to_thread(self._history.save)

    async def _alone(self) -> None:
        """End everything but the first copy; calls that wait are answered as not sent."""
        tasks = [task for task in (self._keeper, *self._starting.values()) if task is not None]
        self._keeper = None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._copies.turn_away()
        others, self._copies.all[1:] = self._copies.all[1:], []
        await asyncio.gather(*(self._end(copy) for copy in others), *self._ending)

    # -- ToolServer --

    async def connect(self) -> None:
        """Start the first copy if it may be started now; the others follow. Raises `ServerUnavailableError`."""
        await self._first.connect()
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name=f"copies of {self.name}")

    async def list_tools(self) -> Listing:
        """Return the listing of the first copy. Copies that list something else are stopped. Raises
        `ServerUnavailableError`.
        """
        listing = await self._first.list_tools()
        self._listed = _fingerprints(listing)
        for copy in self._copies.staying[1:]:
            with suppress(ServerUnavailableError):
                if _fingerprints(await copy.server.list_tools()) != self._listed:
                    self._retire(copy)
        # A copy does not know keys that another copy saw, so a lost answer stays unknown.
        return Listing(tuple(replace(tool, honours_keys=False) for tool in listing.tools), listing.rejected)

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Send the call once, to the least busy copy. If all are busy, it waits for a copy within its time."""
        until = self._clock.monotonic() + seconds
        if 0 < self._rules.queue * len(self._copies.all) <= self._copies.calls:
            self._pressed.set()
        copy = await self._copies.enter(call.call_id, seconds)
        if copy is None:
            error = CallError("refused_for_now", f"{self.name} has too much to do; nothing was done.", Sent.NO)
            return Faulted(FailureKind.REFUSED_FOR_NOW, error)
        try:
            left = max(0.05, until - self._clock.monotonic())
            answer = await copy.server.call(call, seconds=left, confirmed=confirmed, answers=answers)
        finally:
            self._copies.leave(copy)
            if copy.leaving and not copy.busy:
                self._end_soon(copy)
        if isinstance(answer, InputWanted):
            self._copies.asks(call.call_id, copy, self._clock.monotonic())
        return answer

    def decline(self, call: ToolCall) -> None:
        """Decline the question that the call left open, at the copy that asked it."""
        copy = self._copies.answered(call.call_id)
        if copy is not None:
            copy.server.decline(call)

    async def health(self) -> Health:
        """Check through all copies; healthy if one of them is. Never raises."""
        looks = await asyncio.gather(*(copy.server.health() for copy in self._copies.all))
        return next((look for look in looks if look.healthy), looks[0])

    async def close(self) -> None:
        """End all copies; never raises."""
        await self._alone()
        await self._first.close()
        with self._clock.working():
            await asyncio.to_thread(self._history.save)

    # -- how many there are --

    async def _keep(self) -> None:
        """Start and stop copies as needed, until closed."""
        with self._clock.working():
            await asyncio.to_thread(self._history.read)
        saved_at = looked_at = self._clock.monotonic()
        while True:
            self._pressed.clear()
            now = self._clock.monotonic()
            if now - looked_at >= LOOK_SECONDS:
                looked_at = now
                self._used = await self._measure()
            if now - saved_at >= _SAVE_SECONDS:
                saved_at = now
                await self.save()
            self._match(now)
            await wait_for_any(self._clock, LOOK_SECONDS, self._pressed)

    async def _measure(self) -> tuple[float, int]:
        """Return processor shares and bytes of all copies, if the rules limit them."""
        cpu, memory = 0.0, 0
        for copy in [*self._copies.all] if self._rules.cpu or self._rules.memory else []:
            pid = copy.server.process_id
            with self._clock.working():
                use = await asyncio.to_thread(self._uses, pid) if pid is not None else None
            if use is not None:
                cpu += use.cpu if copy.measured else 0.0
                memory += use.memory
                copy.measured = True
        return cpu, memory

    def _match(self, now: float) -> None:
        for copy in self._copies.staying[1:]:
            if copy.server.report().status is ServerStatus.ERROR:  # the copy crashed too often in a row
                self._retire(copy)
                self._held_off_until = now + HELD_OFF_SECONDS
        needed = copies_for(Load(self._copies.calls, *self._used), self._rules)
        at = self._clock.now()
        self._history.note(at, needed)
        wanted = self._scale.wanted(now, max(needed, self._history.expected(at)))
        staying = len(self._copies.staying)
        for _ in range(wanted - staying - len(self._starting) if now >= self._held_off_until else 0):
            self._start_soon()
        for copy in self._copies.to_stop(staying - wanted, now):
            self._retire(copy)

    def _start_soon(self) -> None:
        taken = {copy.number for copy in self._copies.all} | self._starting.keys()
        number = next(number for number in range(2, self._rules.most + len(taken) + 2) if number not in taken)
        task = asyncio.create_task(self._start_one(number), name=f"copy {number} of {self.name}")
        self._starting[number] = task
        task.add_done_callback(lambda _: self._starting.pop(number, None))

    async def _start_one(self, number: int) -> None:
        copy = Copy(self._make(number), number)
        copy.server.on_progress = self.on_progress
        try:
            await copy.server.connect()
            if self._listed is None:
                self._listed = _fingerprints(await self._first.list_tools())
            if _fingerprints(await copy.server.list_tools()) != self._listed:
                raise ServerUnavailableError(
                    self.name, FailureKind.NOT_SENT, "it lists other tools than the first copy"
                )
        except ServerUnavailableError as error:
            _log.warning("a further copy of %s is not used: %s", self.name, error)
            self._held_off_until = self._clock.monotonic() + HELD_OFF_SECONDS
            await copy.server.close()
        except asyncio.CancelledError:
            await copy.server.close()
            raise
        else:
            self._copies.all.append(self._joined(copy))
            self._copies.hand_out()

    def _retire(self, copy: Copy) -> None:
        """Give a copy no further call, and end it once its calls have ended."""
        copy.leaving = True
        if not copy.busy:
            self._end_soon(copy)

    def _end_soon(self, copy: Copy) -> None:
        if copy in self._copies.all:
            self._copies.all.remove(copy)
            task = asyncio.create_task(self._end(copy), name=f"end of copy {copy.number} of {self.name}")
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _end(self, copy: Copy) -> None:
        copy.server.on_tools_changed = None  # another copy need not be checked because one ends
        self._gone += copy.server.report().counts
        with self._clock.working():
            await copy.server.close()


def _fingerprints(listing: Listing) -> dict[str, str]:
    return {tool.name: tool.fingerprint for tool in listing.tools}
