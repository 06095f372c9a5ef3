"""The one door to tools: consent, arguments, cache, attempts, outbox and ledger, in the order of docs/design.md.

It combines the other modules. It never mints a consent. It never judges what is sensitive: it asks `needs_consent`. It
never raises for a failure during a call: that is an `Outcome`.
"""

from __future__ import annotations

import asyncio
import logging
import random as randomness
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from client.call import CallError, Consent, Failed, Need, NeedsInput, Outcome, Succeeded, ToolCall
from client.calls.agreed_terms import Terms
from client.calls.answer_cache import AnswerCache
from client.calls.call_effects import has_effects
from client.calls.call_refusals import consent_wanted, failed, tools_unknown
from client.calls.call_settings import CallSettings
from client.calls.consent_check import ConsentCheck
from client.calls.effect_calls import EffectCall, refused
from client.calls.fallbacks import Ways, other_ways
from client.calls.read_calls import ReadCall
from client.calls.running_calls import RunningCalls
from client.calls.sent_defaults import agreed_as_sent, call_as_sent
from client.calls.server_questions import Asked, Questions
from client.catalog import Catalog, Tool
from client.client_errors import ConfigurationError, RecordsError
from client.clock import Clock
from client.connections.acquaintance import acquaint
from client.connections.deliveries import Deliveries
from client.connections.known_tools import KnownTools
from client.connections.links import Link, ServerState
from client.connections.resources_and_prompts import Material
from client.notices import ConnectivityChanged, Listener, Notices
from client.records import calls, ledger, outbox
from client.records.calls import Refusal
from client.records.late_records import LateRecords
from client.records.storage import Storage
from client.records.unworded import UnwordedRequests
from client.resilience.connectivity import Connectivity, ConnectivityMonitor
from client.resilience.retry import Safety, safety_of
from client.schemas.argument_checker import ArgumentChecker
from client.servers.tool_server import ToolServer
from client.values import JSON

_log = logging.getLogger(__name__)


class ToolClient:
    """Reaches the tools of several servers. Use it as `async with ToolClient(...) as tools`."""

    def __init__(
        self,
        servers: Sequence[ToolServer],
        *,
        storage: Storage,
        clock: Clock,
        needs_consent: Callable[[Tool, Mapping[str, JSON]], bool],
        deferrable: Callable[[Tool], bool],
        settings: CallSettings | None = None,
        random: randomness.Random | None = None,
    ) -> None:
        """Take servers with distinct names; The caller closes `storage`, after this client.

        Raises `ConfigurationError` if two servers have one name.
        """
        twice = [name for name, count in Counter(server.name for server in servers).items() if count > 1]
        if twice:
            raise ConfigurationError(f"Two servers are called {twice[0]}; give one of them another name.")
        self._settings = settings or CallSettings()
        self._storage = storage
        self._clock = clock
        self._needs_consent = needs_consent
        self._deferrable = deferrable
        self._random = random or randomness.Random()  # noqa: S311  # jitter, not a secret
        self._notices = Notices()
        self.watch = self._notices.watch
        remote = [server.name for server in servers if not server.local]
        self._monitor = ConnectivityMonitor(remote, lambda state: self._notices.tell(ConnectivityChanged(state)))
        self._links = {server.name: self._link(server) for server in servers}
        self._cache = AnswerCache(storage, clock, self._settings, lambda name: self._links[name].server.user_id)
        self._late = LateRecords(storage, clock)
        self._consents = ConsentCheck(clock, needs_consent, self._settings.consent_age)
        self._tools = KnownTools(self._links, storage, clock, self._notices.tell, self._settings.defaults)
        self.preferences, self.permissions = self._tools.preferences, self._tools.permissions
        self._terms = Terms(self._links, lambda: self.catalog, lambda: self._tools.held, needs_consent, deferrable)
        self._deliveries = Deliveries(
            self._links,
            storage,
            clock,
            self._notices,
            seconds_per_send=self._settings.delivery,
            on_effect=self._cache.forget,
            terms=self._terms,
            late=self._late,
        )
        self.deliver_soon = self._deliveries.kick_all
        self.unworded = UnwordedRequests(storage, clock)
        self._checker = ArgumentChecker()
        self._running = RunningCalls()
        self._questions = Questions()

    def _link(self, server: ToolServer) -> Link:
        return Link(
            server,
            self._clock,
            self._random,
            on_listing=lambda listing: self._tools.listed(server.name, listing),
            on_reach=self._monitor.saw,
            on_looked=lambda: self._deliveries.kick(server.name),
            away=lambda: sum(not link.up for link in self._links.values()),
            settings=self._settings.link,
        )

    # -- life --

    async def __aenter__(self) -> Self:
        with self._clock.working():
            await self._storage.run(self._forget_old)
            for name, link in self._links.items():
                await acquaint(link.server, self._storage, self._clock, self._notices)
                await self._tools.recall(name, trusted=link.server.trusted)
        await self._deliveries.start()
        for link in self._links.values():
            link.start()
        return self

    def _forget_old(self, db: sqlite3.Connection) -> None:
        calls.forget_old(db, self._clock.now())
        outbox.forget_reported(db, self._clock.now())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._running.end(self._settings.goodbye)
        await self._deliveries.close()
        with self._clock.working():
            await self._storage.write_now()
        await self._late.close()
        self._deliveries.owner.end()  # others take over what this program began, so all of it is recorded by now
        await asyncio.gather(*(link.close() for link in self._links.values()))

    async def ready(self, seconds: float = 5.0) -> None:
        """Wait until each server has connected or failed once, at most that many seconds of real time."""
        tried = [asyncio.ensure_future(link.tried.wait()) for link in self._links.values()]
        if tried:
            await asyncio.wait(tried, timeout=seconds)
            for waiting in tried:
                waiting.cancel()

    # -- what is known --

    @property
    def catalog(self) -> Catalog:
        """The tools of all servers, as they are offered now."""
        return self._tools.catalog

    @property
    def connectivity(self) -> Connectivity:
        """The network as one state."""
        return self._monitor.state

    def server_states(self) -> tuple[ServerState, ...]:
        """Return the present state of each server, in the order given."""
        counts = Counter(tool.server for tool in self.catalog)
        return tuple(link.state(counts[name]) for name, link in self._links.items())

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every notice; return a function that ends this. Earlier deliveries are reported
        at once.
        """
        remove = self._notices.add(listener)
        self._deliveries.report_soon()
        return remove

    async def waiting(self) -> list[outbox.OutboxRow]:
        """Return the confirmed calls that wait for the network, oldest first."""
        return await self._storage.read(outbox.waiting)

    async def count_waiting(self) -> int:
        """Return how many confirmed calls wait, at a cost that does not grow with their size."""
        return await self._storage.read(outbox.count_waiting)

    def decline(self, call: ToolCall) -> None:
        """Decline a server's question during a call, which ends the call."""
        self._questions.forget(call)
        if (link := self._links.get(call.server)) is not None:
            link.server.decline(call)

    async def cancel_waiting(self, call_id: str) -> bool:
        """Take a waiting call back. False if it is already being sent, or is done. Raises `RecordsError`."""
        return await self._deliveries.cancel(call_id)

    async def recent(self, limit: int = 20) -> list[ledger.LedgerRow]:
        """Return the newest ledger rows, newest first."""
        return await self._storage.read(lambda db: ledger.recent(db, limit))

    def material(self) -> Material:
        """Return the resources and prompts that the servers offer besides their tools."""
        return Material([link.server for link in self._links.values()])

    async def approve(self, server: str, tool: str, fingerprint: str = "") -> bool:
        """Approve a tool in its present form. False if it does not wait for approval, or has another fingerprint by
        now."""
        return await self._tools.approve(server, tool, fingerprint)

    @property
    def held(self) -> tuple[Tool, ...]:
        """Tools that changed and wait for approval."""
        return tuple(self._tools.held.values())

    # -- calling --

    async def call(
        self,
        call: ToolCall,
        *,
        consent: Consent | None = None,
        deadline: float = 10.0,
        answers: Mapping[str, JSON] | None = None,
        anew: bool = False,
    ) -> Outcome:
        """Make the call, within `deadline` seconds. `answers` continue a `NeedsInput` of the same call. `anew` asks the
        server even if an earlier answer is fresh.

        If the caller is cancelled, a call with effects continues. The same call with its key joins it; another call
        with that key is refused.
        """
        until = self._clock.monotonic() + deadline
        await self._tools.read_anew(call.server)
        tool = self._tool(call)
        if isinstance(tool, Tool):
            call, consent = agreed_as_sent(tool, call, consent)
        joined = self._running.join(call)
        if joined is not None:
            return await joined
        if not isinstance(tool, Tool):
            return tool
        if not has_effects(tool):
            return await self._read(call, tool, consent, until, answers, anew)
        return await self._running.start(call, self._act(call, tool, consent, until, answers))

    def _tool(self, call: ToolCall) -> Tool | Failed | NeedsInput:
        tool = self.catalog.of(call.server, call.tool)
        if tool is not None:
            return tool
        link = self._links.get(call.server)
        if link is None:
            return failed("unknown_server", f"There is no server called {call.server}.")
        if not link.up and not any(tool.server == call.server for tool in self.catalog):
            return tools_unknown(call.server, link.failure)
        return failed("unknown_tool", f"{call.server} has no tool called {call.tool}.")

    def _refusal(
        self, call: ToolCall, tool: Tool, consent: Consent | None
    ) -> tuple[NeedsInput | Failed | None, Asked | None]:
        """Return why the call may not be made now, and the question that its server asked before."""
        problem = self._checker.problem(tool, call)
        if problem is not None and problem.code == "invalid_arguments" and not problem.names:
            return Failed(problem), None  # not JSON: it has no digest that consent could match
        asked = self._questions.of(call)
        if tool.qualified in self._tools.held:
            message = f"{tool.name} of {tool.server} has changed since it was approved."
            return NeedsInput(Need.APPROVAL, CallError("tool_changed", message)), asked
        refused = self._consents.problem(call, tool, consent, asked)
        if refused is not None:
            return refused, asked
        return Failed(problem) if problem is not None else None, asked

    async def _read(
        self,
        call: ToolCall,
        tool: Tool,
        consent: Consent | None,
        until: float,
        answers: Mapping[str, JSON] | None,
        anew: bool,
    ) -> Outcome:
        """Make a call that changes nothing."""
        refused, _ = self._refusal(call, tool, consent)
        if refused is not None:
            return refused
        if consent is not None and self._needs_consent(tool, call.arguments):
            try:
                with self._clock.working():
                    unspent = await self._storage.run(lambda db: calls.spend(db, self._clock.now(), call, consent))
            except RecordsError as error:
                return failed("records_failed", f"It was not sent, because {error}.")
            if not unspent:
                return consent_wanted("consent_spent", f"The yes for {tool.name} was used before.", tool)
        outcome = await ReadCall(
            call=call,
            tool=tool,
            confirmed=consent is not None,
            answers=answers,
            until=until,
            ways=self._ways(tool, call, consent),
            anew=anew,
            cache=self._cache,
            clock=self._clock,
            settings=self._settings,
            random=self._random,
        ).run()
        if self._questions or isinstance(outcome, NeedsInput):
            self._questions.note(call, outcome, confirmed=consent is not None)
        return outcome

    def _ways(self, tool: Tool, call: ToolCall, consent: Consent | None) -> Ways[tuple[Tool, Link]]:
        """Return the tool and the tools that may replace it, each with its server."""
        return Ways((tool, self._links[tool.server]), self._stand_ins(tool, call, consent))

    def _stand_ins(self, tool: Tool, call: ToolCall, consent: Consent | None) -> Iterator[tuple[Tool, Link]]:
        """Yield the tools that may replace this one; each is judged when it is requested."""
        named = consent.fallback_servers if consent is not None else ()
        others = other_ways(
            tool,
            self.catalog,
            configured=self._settings.fallbacks,
            named=named,
            sensitive=self._needs_consent(tool, call.arguments),
            is_local=lambda name: name in self._links and self._links[name].server.local,
        )
        for other in others:
            link = self._links.get(other.server)  # None if the server was removed meanwhile
            as_there = replace(call, server=other.server, tool=other.name)
            agreed = other.server in named or not self._needs_consent(other, call.arguments)
            # Add no default that the driver has not heard.
            agreed = agreed and call_as_sent(other, as_there).arguments == call.arguments
            agreed = agreed and other.qualified not in self._tools.held
            if link is not None and agreed and self._checker.problem(other, as_there) is None:
                yield other, link

    async def _act(
        self,
        call: ToolCall,
        tool: Tool,
        consent: Consent | None,
        until: float,
        answers: Mapping[str, JSON] | None,
    ) -> Outcome:
        """Make a call that may change something."""
        if (late := await self._not_recorded_yet(call)) is not None:
            return late
        refused, asked = self._refusal(call, tool, consent)
        if isinstance(refused, Failed):
            return refused
        if refused is not None:
            # A caller that repeats a known key learns the outcome; that takes no new yes.
            known = await self._recorded(call, tool)
            return known if known is not None else refused
        confirmed = consent is not None or (asked is not None and asked.confirmed)
        outcome = await EffectCall(
            call=call,
            tool=tool,
            consent=consent,
            confirmed=confirmed,
            answers=answers,
            deferrable=self._deferrable(tool),
            until=until,
            ways=self._ways(tool, call, consent),
            storage=self._storage,
            clock=self._clock,
            deliveries=self._deliveries,
            settings=self._settings,
            random=self._random,
            terms=self._terms,
            late=self._late,
        ).run()
        self._cache.forget(call.server)
        if isinstance(outcome, Succeeded) and outcome.served_by not in ("", call.server):
            self._cache.forget(outcome.served_by)
        self._questions.note(call, outcome, confirmed=confirmed)
        return outcome

    async def _not_recorded_yet(self, call: ToolCall) -> Outcome | None:
        """Return the outcome of this call if the disk cannot store it yet."""
        if self._late:
            with suppress(RecordsError):
                await self._late.write()
        return self._late.outcome_of(call)

    async def _recorded(self, call: ToolCall, tool: Tool) -> Outcome | None:
        repeatable, others = safety_of(tool) is not Safety.EFFECTS, self._deliveries.owner
        try:
            with self._clock.working():
                known = await self._storage.run(
                    lambda db: calls.recorded(db, self._clock.now(), call, repeatable=repeatable, others=others)
                )
        except RecordsError as error:
            _log.error("what became of %s cannot be read: %s", tool.name, error)
            return None
        return refused(known, call) if isinstance(known, Refusal) else known
