"""Looks after one server process: starts it, checks it, starts it again after a crash, and counts what it did.

It wraps any server that has a process (`ProcessServer`) and is a `ToolServer` itself, so the client, and whoever offers
servers to others, use it alike. It never sends a call twice and never decides what may be called.

    STOPPED     --start-->                                 STARTING
    STARTING    --it answers-->                            HEALTHY
    HEALTHY     --a check fails-->                         UNHEALTHY   --the next fails too--> as after a crash
    any of them --it crashes or does not start-->          UNHEALTHY   --a pause--> STARTING; after 3 in a row ERROR
    any         --stop-->                                  STOPPED
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from client.call import Sent, ToolCall
from client.clock import Clock, wait_for_any
from client.servers.processes.counts import Counts, CountsFile
from client.servers.processes.supervision import (
    OperatedServer,
    ProcessServer,
    ServerReport,
    ServerStatus,
    SupervisionRules,
)
from client.servers.readable import Readable
from client.servers.tool_server import (
    Answer,
    Configurable,
    FailureKind,
    Faulted,
    Health,
    Listing,
    Progress,
    ServerUnavailableError,
)
from client.values import JSON

_log = logging.getLogger(__name__)
_WORD_SECONDS = 1.0


class SupervisedServer(OperatedServer):
    """A supervised server process. Connecting starts it; `start`, `stop` and `restart` are for the operator."""

    local = True

    def __init__(
        self,
        server: ProcessServer,
        clock: Clock,
        rules: SupervisionRules | None = None,
        *,
        stopped: bool = False,
        counts_file: CountsFile | None = None,
    ) -> None:
        """Take a server that nobody else connects. If `stopped`, it waits for `start`."""
        super().__init__(server.name, trusted=server.trusted)
        self.inner = server
        self.agrees = server.agrees
        self._clock = clock
        self._rules = rules or SupervisionRules()
        self._counts_file = counts_file
        self._counts = Counts()
        self._unsaved = Counts()
        self._status = ServerStatus.STOPPED if stopped else ServerStatus.STARTING
        self._detail = self._stopped_sentence() if stopped else ""
        self._failures = 0
        self._restarts = 0
        self._failed_checks = 0
        self._started_at = 0.0
        self._last_check: float | None = None
        self._not_before = 0.0
        self._starting: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        server.on_tools_changed = self._tell

    # -- what the server offers beyond tools --

    @property
    def on_agreed(self) -> Callable[[str], None] | None:
        """As in the supervised server."""
        return self.inner.on_agreed

    @on_agreed.setter
    def on_agreed(self, observer: Callable[[str], None] | None) -> None:
        self.inner.on_agreed = observer

    @property
    def on_progress(self) -> Progress | None:
        """As in the supervised server."""
        return self.inner.on_progress

    @on_progress.setter
    def on_progress(self, observer: Progress | None) -> None:
        self.inner.on_progress = observer

    @property
    def session_words(self) -> str:
        """As in the supervised server."""
        return self.inner.session_words

    @property
    def process_id(self) -> int | None:
        """Of the process that is supervised; None while there is none."""
        return self.report().pid

    @property
    def user_id(self) -> str:
        """As in the supervised server."""
        return self.inner.user_id

    @property
    def readable(self) -> Readable | None:
        """As in the supervised server."""
        return self.inner.readable

    @property
    def configurable(self) -> Configurable | None:
        """As in the supervised server."""
        return self.inner.configurable

    def late(self) -> str:
        """As in the supervised server, while it starts."""
        return self.inner.late() if self._status is ServerStatus.STARTING else ""

    def remember(self, kept: str) -> None:
        """Pass on to the supervised server."""
        self.inner.remember(kept)

    # -- what is known --

    def report(self) -> ServerReport:
        """Return the present state."""
        self._notice()
        child = self.inner.child
        alive = child is not None and child.alive and self._status is not ServerStatus.STOPPED
        pid = child.pid if alive and child is not None else None
        return ServerReport(
            self.name,
            self._status,
            self._detail,
            pid,
            self._clock.monotonic() - self._started_at if alive else 0.0,
            self._restarts,
            self._last_check,
            self._counts,
            () if pid is None else (pid,),
        )

    # -- the operator --

    async def start(self) -> None:
        """Start it, even if supervision had given it up. Raises `ServerUnavailableError` if it does not start."""
        if self.inner.connected and self._status in (ServerStatus.HEALTHY, ServerStatus.UNHEALTHY):
            return
        self._failures, self._not_before = 0, 0.0
        self._set(ServerStatus.STARTING)
        await self.connect()

    async def stop(self) -> None:
        """Stop it, until `start`. The answers of calls in progress are lost."""
        self._set(ServerStatus.STOPPED, self._stopped_sentence())
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait({self._starting})
        await self.inner.close()
        await self.save()

    async def restart(self) -> None:
        """Stop it and start it. Raises `ServerUnavailableError` if it does not start."""
        await self.stop()
        await self.start()

    # -- ToolServer --

    async def connect(self) -> None:
        """Start the process if it may be started now. Raises `ServerUnavailableError` with the reason."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name=f"supervision of {self.name}")
        child = self.inner.child
        if child is not None and not child.alive:
            with suppress(TimeoutError):
                async with asyncio.timeout(_WORD_SECONDS):
                    await child.ended.wait()  # the kernel says that it is dead; how it ended comes a moment later
        self._notice()
        if self._status in (ServerStatus.HEALTHY, ServerStatus.UNHEALTHY) and self.inner.connected:
            return
        if self._status in (ServerStatus.STOPPED, ServerStatus.ERROR):
            raise self._unavailable()
        if self._status is ServerStatus.UNHEALTHY and self._clock.monotonic() < self._not_before:
            raise self._unavailable()
        await self._start()

    async def list_tools(self) -> Listing:
        """List through the process. Raises `ServerUnavailableError`."""
        if self._status is ServerStatus.STOPPED:
            raise self._unavailable()
        return await self.inner.list_tools()

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Send the call once. A process that is already dead is restarted first, within the given time."""
        began = self._clock.monotonic()
        if not self.inner.connected:
            with suppress(ServerUnavailableError, TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.connect()
        left = seconds - (self._clock.monotonic() - began)
        answer = await self.inner.call(call, seconds=max(0.05, left), confirmed=confirmed, answers=answers)
        if isinstance(answer, Faulted) and answer.error.sent is Sent.NO:
            self._notice()
            return replace(answer, error=replace(answer.error, message=self._detail or answer.error.message))
        spent = Counts(1, self._clock.monotonic() - began, int(isinstance(answer, Faulted)))
        self._counts += spent
        self._unsaved += spent
        if not self.inner.connected:
            self._woken.set()
        return answer

    async def health(self) -> Health:
        """Check through the process; never raises."""
        return await self.inner.health()

    async def close(self) -> None:
        """End supervision and the process; never raises."""
        for task in (self._keeper, self._starting):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        self._keeper = None
        self._set(ServerStatus.STOPPED, f"{self.name} does not run.")
        await self.inner.close()
        await self.save()

    # -- keeping it alive --

    async def _keep(self) -> None:
        """Restart it after a crash, and check it every 30 s, until closed."""
        while True:
            self._woken.clear()
            self._notice()
            try:
                if self._status is ServerStatus.UNHEALTHY and not self.inner.connected:
                    pause = self._not_before - self._clock.monotonic()
                    if pause > 0:
                        await self._wait(pause)
                    else:
                        await self._start()
                elif self.inner.connected:
                    if not await self._wait(self._rules.check):
                        await self._check()
                else:
                    await self._woken.wait()  # stopped, given up, or being started by a caller who reports it
            except ServerUnavailableError:
                continue  # the report holds the reason

    async def _wait(self, seconds: float) -> bool:
        """Wait that many seconds; return True if the process ended or an operator acted before."""
        child = self.inner.child
        ended = [child.ended] if child is not None and not child.ended.is_set() else []
        return not await wait_for_any(self._clock, seconds, self._woken, *ended)

    async def _check(self) -> None:
        with self._clock.working():
            health = await self._look()
            self._last_check = self._clock.now()
            await self.save()
        if self._status not in (ServerStatus.HEALTHY, ServerStatus.UNHEALTHY) or not self.inner.connected:
            return
        if health.healthy:
            self._failures = self._failed_checks = 0
            self._set(ServerStatus.HEALTHY)
            return
        self._failed_checks += 1
        detail = f"{self.name} does not answer: {health.detail.rstrip('.')}."
        if self._failed_checks == 1:
            self._set(ServerStatus.UNHEALTHY, detail)
            return
        self._started_at = 0.0  # this end is intended, and is not reported as a crash
        with self._clock.working():
            await self.inner.close()
        self._failed(detail)

    async def _look(self) -> Health:
        try:
            async with asyncio.timeout(self._rules.patience):
                return await self.inner.health()
        except TimeoutError:
            return Health(False, self._rules.patience, f"no answer in {self._rules.patience:g} s")

    def _notice(self) -> None:
        """Handle a process that ended by itself."""
        if self._status in (ServerStatus.HEALTHY, ServerStatus.UNHEALTHY) and self._started_at:
            child = self.inner.child
            if child is not None and not self.inner.connected and (self._starting is None or self._starting.done()):
                self._failed(self.inner.last_end or f"The connection to {self.name} broke.")

    async def _start(self) -> None:
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._start_once(), name=f"start of {self.name}")
            self._starting.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            await asyncio.shield(self._starting)
        except asyncio.CancelledError:
            if self._starting.cancelled() and self._status is ServerStatus.STOPPED:
                raise self._unavailable() from None  # stopped while it started
            raise

    async def _start_once(self) -> None:
        again = self._failures > 0
        self._set(ServerStatus.STARTING)
        try:
            with self._clock.working():
                await self.inner.connect()
        except ServerUnavailableError as error:
            self._failed(str(error))
            raise
        self._restarts += again
        self._failed_checks = 0
        self._started_at = self._clock.monotonic()
        self._set(ServerStatus.HEALTHY)
        if again:
            self._tell()  # its tools may have changed

    def _failed(self, detail: str) -> None:
        self._failures += 1
        self._started_at = 0.0
        if not self._rules.auto_restart:
            self._set(ServerStatus.ERROR, f"{detail} It is not started again by itself.")
        elif self._failures > self._rules.restarts:
            often = f"{self._failures} times in a row" if self._failures > 1 else "once"
            self._set(ServerStatus.ERROR, f"{detail} It failed {often} and is left alone.")
        else:
            pause = 0.0 if self._failures == 1 else self._rules.first_pause * 2 ** (self._failures - 2)
            self._not_before = self._clock.monotonic() + min(pause, self._rules.longest_pause)
            self._set(ServerStatus.UNHEALTHY, detail)
        self._woken.set()
        _log.info("%s", self._detail)

    def _set(self, status: ServerStatus, detail: str = "") -> None:
        changed = status is not self._status
        self._status, self._detail = status, detail
        if changed:
            self._woken.set()
            if status in (ServerStatus.STOPPED, ServerStatus.ERROR, ServerStatus.UNHEALTHY):
                self._tell()  # whoever keeps in touch looks, and sees it away

    def _tell(self) -> None:
        if self.on_tools_changed is not None:
            self.on_tools_changed()

    def _stopped_sentence(self) -> str:
        return f"{self.name} is stopped."

    def _unavailable(self) -> ServerUnavailableError:
        return ServerUnavailableError(self.name, FailureKind.NOT_SENT, self._detail, self._status.value.lower())

    async def save(self) -> None:
        """Add the new counts to the file."""
        unsaved, self._unsaved = self._unsaved, Counts()
        if self._counts_file is not None and unsaved.calls:
            with self._clock.working():
                await asyncio.to_thread(self._counts_file.add, unsaved, self._clock.now())
