"""The figures in Prometheus form, and the last few minutes of calls for the alert rules.

Other modules feed it; it knows no server, API or conversation. Holds no argument and no answer.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from client.call import Failed, Outcome, Succeeded
from client.servers.processes.process_use import ProcessUse

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Upper bounds of the histograms' buckets in seconds; 0.1, 2 and 3 s are goals for tool calls."""
_MOST_TOOLS = 500
"""Most tools counted by name, so that a server that invents names cannot fill memory."""
_MOST_RECENT = 20_000
FAILURES = frozenset({"failed", "unknown"})
"""Ends of calls that the alert rules count as failures."""
_REFUSALS = frozenset({"tool_error", "invalid_arguments", "refused"})
"""Codes of errors with which a working server says no: to a place that does not exist, to a full restaurant."""
CIRCUIT = {"closed": 0, "half_open": 1, "open": 2}


@dataclass(frozen=True)
class Recent:
    """One finished call. `at` is in seconds since the epoch."""

    at: float
    tool: str
    failed: bool
    seconds: float


def ended_as(outcome: Outcome) -> str:
    """Return how a call ended: the outcome's kind, or "refused" if the tool answered that it could not."""
    refused = isinstance(outcome, Failed) and outcome.error.code in _REFUSALS
    return "refused" if refused else outcome.kind


class Figures:
    """All figures of one process. `now` is in seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.registry = CollectorRegistry()
        self.recent: deque[Recent] = deque(maxlen=_MOST_RECENT)
        self._tools: set[str] = set()
        of, at = ["tool", "server"], self.registry
        self.calls = Counter("mcqueen_calls", "Calls that ended, by tool and outcome", [*of, "outcome"], registry=at)
        self.seconds = Histogram("mcqueen_call_seconds", "How long calls took", of, registry=at, buckets=_SECONDS)
        self.sends = Counter("mcqueen_call_sends", "Times that a call was sent; more than calls: retries", registry=at)
        self.answers = Counter("mcqueen_answers", "Answers by where they came from", ["source"], registry=at)
        self.circuit = Gauge("mcqueen_circuit", "0 closed, 1 half open, 2 open", ["server"], registry=at)
        self.up = Gauge("mcqueen_server_up", "Whether a server is there", ["server"], registry=at)
        self.cpu = Gauge("mcqueen_server_cpu", "Processors that a server's process uses", ["server"], registry=at)
        self.memory = Gauge("mcqueen_server_memory_bytes", "Memory of a server's process", ["server"], registry=at)
        self.open_files = Gauge("mcqueen_server_open_files", "Its open file descriptors", ["server"], registry=at)
        self.waiting = Gauge("mcqueen_outbox_waiting", "Confirmed calls that wait for the network", registry=at)
        self.delivered = Counter("mcqueen_outbox_delivered", "Calls of the outbox that ended", ["outcome"], registry=at)
        self.stages = Histogram(
            "mcqueen_voice_seconds", "How long a stage of a turn took", ["stage"], registry=at, buckets=_SECONDS
        )
        self.requests = Counter("mcqueen_requests", "Requests answered", ["face", "method", "status"], registry=at)
        self.under_way = Gauge("mcqueen_requests_in_progress", "Requests being answered", ["face"], registry=at)
        self.request_seconds = Histogram(
            "mcqueen_request_seconds", "How long answering took", ["face"], registry=at, buckets=_SECONDS
        )
        self.firing = Gauge("mcqueen_alert", "1 while a rule is broken", ["rule"], registry=at)

    def uses(self, found: Mapping[str, ProcessUse]) -> None:
        """Show what the processes of servers use now, by server; those that are gone are shown no more."""
        for gauge in (self.cpu, self.memory, self.open_files):
            gauge.clear()
        for server, use in found.items():
            self.cpu.labels(server).set(use.cpu)
            self.memory.labels(server).set(use.memory)
            self.open_files.labels(server).set(use.open_files)

    def called(self, tool: str, server: str, outcome: Outcome, seconds: float) -> None:
        """Count a finished call; `seconds` is its duration."""
        name = self._named(tool)
        ended = ended_as(outcome)
        self.calls.labels(name, server, ended).inc()
        self.seconds.labels(name, server).observe(seconds)
        self.sends.inc(outcome.attempts)
        if isinstance(outcome, Succeeded):
            fresh = "cache" if outcome.attempts == 0 else "stale cache"
            elsewhere = outcome.served_by not in ("", server)
            source = "another server" if elsewhere else "server" if outcome.age is None else fresh
            self.answers.labels(source).inc()
        self._remember(name, ended in FAILURES, seconds)

    def stage(self, name: str, seconds: float) -> None:
        """Count a finished stage of a turn: recognition, understanding, call, synthesis, speech."""
        self.stages.labels(name).observe(max(0.0, seconds))

    def answered(self, face: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request of an API."""
        self.requests.labels(face, method, str(status)).inc()
        self.request_seconds.labels(face).observe(seconds)

    def share_failed(self, seconds: float, least: int = 1) -> float:
        """Return the share of the last calls that failed, 0 to 1; 0 if there were fewer than `least`."""
        calls = self._last(seconds)
        return sum(call.failed for call in calls) / len(calls) if len(calls) >= max(1, least) else 0.0

    def p95(self, seconds: float, least: int = 1) -> float:
        """Return the seconds within which 95 % of the last calls ended; 0 if there were fewer than `least`."""
        times = sorted(call.seconds for call in self._last(seconds))
        return times[max(0, math.ceil(0.95 * len(times)) - 1)] if len(times) >= max(1, least) else 0.0

    def exposition(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self.registry)

    def _last(self, seconds: float) -> Collection[Recent]:
        since = self._now() - seconds
        return [call for call in self.recent if call.at >= since]

    def _remember(self, tool: str, failed: bool, seconds: float) -> None:
        self.recent.append(Recent(self._now(), tool, failed, seconds))

    def _named(self, tool: str) -> str:
        if tool not in self._tools and len(self._tools) >= _MOST_TOOLS:
            return "(other)"
        self._tools.add(tool)
        return tool
