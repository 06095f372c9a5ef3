"""The dashboard page: the figures as a page for people, without network access or scripts.

Reads the collectors that Prometheus scrapes, so that both always agree.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from prometheus_client import Metric

from assistant.metrics.alerts import Alert
from assistant.metrics.figures import CIRCUIT, FAILURES, Figures
from assistant.serving.html_tables import beginning, table

REFRESH_SECONDS = 5
Rows = list[list[str]]


def dashboard(figures: Figures, alerts: Sequence[Alert], now: float) -> str:
    """Return the page. `now` is in seconds since the epoch."""
    families = {family.name: family for family in figures.registry.collect()}
    parts = [beginning("McQueen", REFRESH_SECONDS)]
    for alert in alerts:
        since = datetime.fromtimestamp(alert.since, UTC).strftime("%H:%M:%S")
        parts.append(f"<p class=alert>{html.escape(alert.text)} Since {since} UTC.</p>")
    if not alerts:
        parts.append("<p>No rule is broken.</p>")
    parts += [
        table("Calls", ["tool", "server", "calls", "failed", "mean", "p95"], _calls(families)),
        table("Answers", ["from", "answers"], _counted(families["mcqueen_answers"], "source")),
        table("Servers", ["server", "there", "circuit"], _servers(families)),
        table("Outbox", ["", "calls"], _outbox(families)),
        table("Turns", ["stage", "times", "mean", "p95"], _timed(families["mcqueen_voice_seconds"], "stage")),
        table("Requests", ["face", "requests", "mean", "p95"], _timed(families["mcqueen_request_seconds"], "face")),
        f"<p>{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S} UTC. For programs: <code>/metrics</code>; "
        "a board for Grafana: <code>/grafana.json</code>.</p>",
    ]
    return "\n".join(parts)


def _calls(families: Mapping[str, Metric]) -> Rows:
    ended: dict[tuple[str, str], dict[str, float]] = {}
    for sample in families["mcqueen_calls"].samples:
        if sample.name.endswith("_total"):
            place = (sample.labels["tool"], sample.labels["server"])
            ended.setdefault(place, {})[sample.labels["outcome"]] = sample.value
    rows: Rows = []
    for (tool, server), outcomes in sorted(ended.items()):
        failed = sum(outcomes.get(ended, 0) for ended in FAILURES)
        mean, p95 = _times(families["mcqueen_call_seconds"], {"tool": tool, "server": server})
        rows.append([tool, server, f"{sum(outcomes.values()):.0f}", f"{failed:.0f}", mean, p95])
    return rows


def _counted(family: Metric, label: str) -> Rows:
    found = [sample for sample in family.samples if sample.name.endswith("_total")]
    return [[sample.labels[label], f"{sample.value:.0f}"] for sample in found]


def _servers(families: Mapping[str, Metric]) -> Rows:
    words = {float(number): word.replace("_", " ") for word, number in CIRCUIT.items()}
    circuits = {sample.labels["server"]: words[sample.value] for sample in families["mcqueen_circuit"].samples}
    return [
        [sample.labels["server"], "yes" if sample.value else "no", circuits.get(sample.labels["server"], "")]
        for sample in families["mcqueen_server_up"].samples
    ]


def _outbox(families: Mapping[str, Metric]) -> Rows:
    waiting = families["mcqueen_outbox_waiting"].samples[0].value
    ended = _counted(families["mcqueen_outbox_delivered"], "outcome")
    return [["waiting", f"{waiting:.0f}"], *([f"ended: {outcome}", count] for outcome, count in ended)]


def _timed(family: Metric, label: str) -> Rows:
    names = sorted({sample.labels[label] for sample in family.samples if sample.name.endswith("_count")})
    rows: Rows = []
    for name in names:
        mean, p95 = _times(family, {label: name})
        rows.append([name, f"{_value(family, '_count', {label: name}):.0f}", mean, p95])
    return rows


def _times(family: Metric, labels: Mapping[str, str]) -> tuple[str, str]:
    """Return the mean and the upper bound of the bucket with the 95th percentile, as text."""
    count = _value(family, "_count", labels)
    if not count:
        return "", ""
    buckets = [
        (float(sample.labels["le"]), sample.value)
        for sample in family.samples
        if sample.name.endswith("_bucket") and labels.items() <= sample.labels.items()
    ]
    bound = next(le for le, value in sorted(buckets) if value >= 0.95 * count)
    p95 = "> 30 s" if bound == float("inf") else f"<= {bound:g} s"
    return f"{_value(family, '_sum', labels) / count * 1000:.1f} ms", p95


def _value(family: Metric, ending: str, labels: Mapping[str, str]) -> float:
    return sum(
        sample.value
        for sample in family.samples
        if sample.name.endswith(ending) and labels.items() <= sample.labels.items()
    )
