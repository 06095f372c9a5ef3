"""Feeds the figures: from a tool client (servers, circuits, outbox) and from a conversation (stages, calls).

The only module that knows both sides. It only listens.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from assistant.conversation.observations import Called, Observation, Recognized, Spoke, Stepped, Understood
from assistant.conversation.runtime import Runtime
from assistant.metrics.alerts import Alerts
from assistant.metrics.figures import CIRCUIT, FAILURES, Figures
from assistant.metrics.port import Look, figures_at
from assistant.metrics.tracing import Traces, tracing
from assistant.serving.serving_errors import AddressError
from assistant.settings.settings import MetricsSettings
from client.call import Outcome, ToolCall
from client.clock import Clock
from client.notices import DeliveryNotice, Notice
from client.servers.processes.process_use import ProcessMeter, ProcessUse
from client.tool_client import ToolClient

Uses = Callable[[], Awaitable[Mapping[str, ProcessUse]]]
"""Returns what the processes of servers use now, by the server's name."""


async def no_processes() -> Mapping[str, ProcessUse]:
    """Return that no further processes are known."""
    return {}


def look_at(tools: ToolClient, further: Uses = no_processes) -> Look:
    """Return a function that reads the state of a client's servers and outbox, and what their processes use.

    `further` returns what other processes use, by the server's name.
    """
    meter = ProcessMeter()

    async def look(figures: Figures, alerts: Alerts) -> None:
        down = 0
        pids = {
            state.name if number == 1 else f"{state.name} {number}": pid
            for state in tools.server_states()
            for number, pid in enumerate(state.pids, 1)
        }
        show_uses(figures, alerts, {**await further(), **await asyncio.to_thread(meter.look_at, pids)})
        for state in tools.server_states():
            figures.up.labels(state.name).set(state.healthy)
            figures.circuit.labels(state.name).set(CIRCUIT[state.circuit])
            down += not state.healthy
        waiting = await tools.count_waiting()
        figures.waiting.set(waiting)
        alerts.watched.servers_down, alerts.watched.outbox_waiting = down, waiting

    return look


def look_at_processes(further: Uses) -> Look:
    """Return a function that reads only what processes use."""

    async def look(figures: Figures, alerts: Alerts) -> None:
        show_uses(figures, alerts, await further())

    return look


def show_uses(figures: Figures, alerts: Alerts, found: Mapping[str, ProcessUse]) -> None:
    """Show what processes use, and have the rules watch the highest of each."""
    figures.uses(found)
    watched = alerts.watched
    watched.cpu = max((use.cpu for use in found.values()), default=0.0)
    watched.memory = max((use.memory for use in found.values()), default=0) / 1e6
    watched.open_files = max((use.open_files for use in found.values()), default=0)


def count_deliveries(tools: ToolClient, figures: Figures) -> Callable[[], None]:
    """Count the outbox's deliveries; returns a function that ends the counting."""

    def notice(told: Notice) -> None:
        if isinstance(told, DeliveryNotice):
            figures.delivered.labels(told.outcome.kind).inc()

    return tools.watch(notice)


def call_observer(figures: Figures, traces: Traces, clock: Clock) -> Callable[[ToolCall, Outcome, float], None]:
    """Return a listener for every finished call and its duration in seconds."""

    def called(call: ToolCall, outcome: Outcome, seconds: float) -> None:
        figures.called(call.tool, call.server, outcome, seconds)
        problem = outcome.kind if outcome.kind in FAILURES else ""
        about = {"mcp.tool": call.tool, "mcp.server": call.server, "mcqueen.outcome": outcome.kind}
        traces.stage("call", clock.now(), seconds, problem, **about, **{"mcqueen.sends": outcome.attempts})

    return called


def stage_observer(figures: Figures, traces: Traces, clock: Clock) -> Callable[[Observation], None]:
    """Return a listener for all observations of a conversation."""
    called = call_observer(figures, traces, clock)

    def seen(what: Observation) -> None:
        match what:
            case Recognized(transcript=heard):
                traces.turn(what.at - heard.audio_seconds)
                figures.stage("recognition", heard.decode_seconds)
                traces.stage("recognition", what.at, heard.decode_seconds)
            case Understood():
                figures.stage("understanding", what.seconds)
                traces.stage("understanding", what.at, what.seconds)
            case Called():
                figures.stage("call", what.seconds)
                called(what.call, what.outcome, what.seconds)
            case Spoke():
                figures.stage("synthesis", what.synthesis_seconds)
                figures.stage("speech", what.at - what.began)
                traces.stage("speech", what.at, what.at - what.began)
            case Stepped():
                pass  # a step of the table takes no time

    return seen


@asynccontextmanager
async def conversation_figures(
    settings: MetricsSettings,
    runtime: Runtime,
    tools: ToolClient,
    clock: Clock,
    complain: Callable[[str], None],
) -> AsyncIterator[None]:
    """Trace a conversation, and serve and watch its figures if settings show them in the car, until the block ends."""
    with tracing():
        figures, traces = Figures(clock.now), Traces()
        language = runtime.state.language

        def speak(text: str) -> None:
            runtime.notice("alert", text, asked=True)

        alerts = Alerts(settings.alerts, figures, clock.now, speak, language)
        end_stages = runtime.observe(stage_observer(figures, traces, clock))
        end_deliveries = count_deliveries(tools, figures)
        async with AsyncExitStack() as stack:
            stack.callback(end_stages)
            stack.callback(end_deliveries)
            stack.callback(traces.end)
            try:
                if settings.in_car:
                    await stack.enter_async_context(figures_at(settings, figures, alerts, clock.now, look_at(tools)))
            except AddressError as error:
                complain(f"the figures are not shown: {error}")
            yield
