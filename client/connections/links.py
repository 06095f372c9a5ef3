"""The lasting relation to one server: it connects in the background, keeps checking while the server is away, and lists
tools.

A dead server never delays another: each link has its own task. It sends no calls.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from client.call import Sent
from client.client_errors import RecordsError
from client.clock import Clock
from client.resilience.budget import RetryBudget
from client.resilience.circuit import Circuit
from client.resilience.connectivity import Reach
from client.servers.tool_server import Answer, FailureKind, Faulted, Listing, ServerUnavailableError, ToolServer

_log = logging.getLogger(__name__)


_PAUSE_EACH = 0.2
"""The longest pause is at least this many seconds for each server that is away, so that many cost little."""
STARTING = "starting"
"""Error code for a server whose process runs but has not answered yet."""


@dataclass(frozen=True)
class ServerState:
    """The present state of a server."""

    name: str
    healthy: bool
    detail: str
    tools: int
    code: str = ""
    """Why it is not healthy, as a word for programs; `login_required` if somebody has to log in."""
    circuit: str = "closed"
    """State of its circuit breaker: closed, open or half_open."""
    places: tuple[bool, ...] = ()
    """Which of its endpoints are connected, in the given order; empty if it has only one."""
    session: str = ""
    """Its session in words for people, never its id; empty without a session."""
    pids: tuple[int, ...] = ()
    """Ids of all its processes on this machine: one, or more if it has copies."""


@dataclass(frozen=True)
class LinkSettings:
    """Seconds between checks of a server that is away."""

    first_pause: float = 0.5
    longest_pause: float = 5.0
    look_seconds: float = 20.0


class Link:
    """Maintains the connection to one server in the background."""

    def __init__(
        self,
        server: ToolServer,
        clock: Clock,
        randomness: random.Random,
        *,
        on_listing: Callable[[Listing], Awaitable[None]],
        on_reach: Callable[[str, Reach], None],
        on_looked: Callable[[], None],
        away: Callable[[], int] = lambda: 1,
        settings: LinkSettings | None = None,
    ) -> None:
        """`on_looked` is called after a check that found the server; `away` returns how many servers cannot be
        reached.
        """
        self.server = server
        self.name = server.name
        self.circuit = Circuit(clock.monotonic)
        self.up = False
        self.tried = asyncio.Event()
        """Set once the server was connected, or failed, for the first time. While a process starts, neither has
        happened.
        """
        self.failure: ServerUnavailableError | None = None
        self.budget = RetryBudget(clock.monotonic)
        self.missed_since: float | None = None
        """Monotonic time at which the server became unreachable; None while it can be reached."""
        self.stale = False
        """Whether the server has said that its tools changed, and they have not been read since."""
        self._clock = clock
        self._random = randomness
        self._on_listing = on_listing
        self._on_reach = on_reach
        self._on_looked = on_looked
        self._away = away
        self._settings = settings or LinkSettings()
        self._looking = asyncio.Lock()
        self._looks = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        server.on_tools_changed = self._tools_changed

    def start(self) -> None:
        """Begin to maintain the connection."""
        self._task = asyncio.create_task(self._keep_in_touch(), name=f"link to {self.name}")

    def _tools_changed(self) -> None:
        self.stale = True
        self._wake.set()

    async def close(self) -> None:
        """Stop, and end the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self.server.close()

    async def _keep_in_touch(self) -> None:
        pause = self._settings.first_pause
        while True:
            self._wake.clear()
            if await self.look():
                pause = self._settings.first_pause
                await self._wake.wait()
            else:
                await self._clock.sleep(pause * self._random.uniform(0.75, 1.0))
                longest = max(self._settings.longest_pause, _PAUSE_EACH * self._away())
                pause = min(pause * 2, longest)

    async def look(self) -> bool:
        """Connect if necessary and read the tools; return whether the server is there."""
        looks = self._looks
        async with self._looking:
            if self._looks != looks:
                return self.up  # another task connected while we waited for the lock
            self.stale = False
            try:
                with self._clock.working():
                    async with asyncio.timeout(self._settings.look_seconds):
                        listing = await self._list()
                    await self._on_listing(listing)
            except ServerUnavailableError as error:
                self._went(error)
            except RecordsError as error:  # it cannot be read which of its tools are approved: none may be called
                self._went(ServerUnavailableError(self.name, FailureKind.NOT_SENT, f"{error}.", "records_failed"))
            except TimeoutError:
                late = self.server.late()
                message = late or f"{self.name} did not answer in time."
                code = STARTING if late else "timed_out"
                self._went(ServerUnavailableError(self.name, FailureKind.ANSWER_LOST, message, code))
            except Exception as error:  # noqa: BLE001  # keeps the link's loop alive whatever a server does; it is reported
                _log.exception("looking for %s failed", self.name)
                message = f"{self.name} cannot be used: {type(error).__name__}."
                self._went(ServerUnavailableError(self.name, FailureKind.TOOL_ERROR, message, "broken"))
            else:
                self.failure = None
                self.circuit.succeeded()
                self.up = True
                self.missed_since = None
                self._on_reach(self.name, Reach.REACHED)
            self._looks += 1
            if not self.server.late():
                self.tried.set()
            if self.up:
                self._on_looked()
            return self.up

    async def _list(self) -> Listing:
        await self.server.connect()
        try:
            return await self.server.list_tools()
        except ServerUnavailableError as error:
            if error.kind is not FailureKind.SESSION_LOST:
                raise
            await self.server.connect()  # the server has forgotten us, as after a restart: make a new session
            return await self.server.list_tools()

    def _went(self, error: ServerUnavailableError) -> None:
        self._down()
        self.failure = error
        if error.code == "captive_portal":
            self._on_reach(self.name, Reach.PORTAL)
        elif error.kind in (FailureKind.NOT_SENT, FailureKind.ANSWER_LOST):
            self._on_reach(self.name, Reach.LOST)
        else:
            self._on_reach(self.name, Reach.REACHED)

    def _down(self) -> None:
        self.up = False
        if self.missed_since is None:
            self.missed_since = self._clock.monotonic()

    async def renew(self) -> bool:
        """Make a new session; return whether that worked."""
        try:
            with self._clock.working():
                async with asyncio.timeout(self._settings.look_seconds):
                    await self.server.connect()
        except ServerUnavailableError as error:
            self._went(error)
            self._wake.set()
            return False
        except TimeoutError:
            return False
        return True

    def saw(self, answer: Answer) -> None:
        """Update the state from the result of a call."""
        if not isinstance(answer, Faulted) or answer.kind is FailureKind.TOOL_ERROR:
            self._reached()
        elif answer.error.code == "captive_portal":
            self.circuit.failed()
            self._lost(answer, Reach.PORTAL)
        elif answer.kind is FailureKind.NOT_SENT or (
            answer.kind is FailureKind.ANSWER_LOST and answer.error.code in ("answer_lost", "timed_out")
        ):
            self.circuit.failed()
            self._lost(answer, Reach.LOST)
        elif answer.kind is FailureKind.ANSWER_LOST and answer.error.code == "server_error":
            self.circuit.failed()
        else:
            self._reached()  # only a server that is there can refuse

    def _reached(self) -> None:
        self.circuit.succeeded()
        self.missed_since = None
        self._on_reach(self.name, Reach.REACHED)

    def _lost(self, answer: Faulted, reach: Reach) -> None:
        if answer.error.sent is Sent.NO or reach is Reach.PORTAL:
            self._down()
            kind, error = answer.kind, answer.error
            self.failure = ServerUnavailableError(self.name, kind, error.message, error.code)
            self._on_reach(self.name, reach)
        self._wake.set()  # check at once: a lost answer may mean a lost network

    def state(self, tools: int) -> ServerState:
        """Return the present state."""
        late = "" if self.up else self.server.late()
        detail = "" if self.up else late or (str(self.failure) if self.failure is not None else "connecting")
        code = STARTING if late else self.failure.code if not self.up and self.failure is not None else ""
        circuit = self.circuit.state.value
        server = self.server
        return ServerState(
            self.name,
            self.up,
            detail,
            tools,
            code,
            circuit,
            server.healthy,
            server.session_words,
            server.process_ids,
        )
