"""The alert rules of the settings as a rules file for Prometheus, and a configuration for Alertmanager to start from.

Made from the same rules that McQueen itself watches, so that both report the same. Makes texts only.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import assert_never

import yaml

from assistant.metrics.figures import FAILURES
from assistant.settings.settings import AlertRule

ALERTMANAGER = "alertmanager.yml"
"""File of this package with the configuration for Alertmanager."""


def prometheus_rules(rules: Sequence[AlertRule]) -> str:
    """Return the rules as YAML; `promtool check rules` accepts it."""
    alerts = [
        {
            "alert": rule.name,
            "expr": _expression(rule),
            "labels": {"severity": "warning", "figure": rule.figure},
            "annotations": {"summary": _summary(rule)},
        }
        for rule in rules
    ]
    return yaml.safe_dump({"groups": [{"name": "mcqueen", "rules": alerts}]}, sort_keys=False, allow_unicode=True)


def alertmanager_configuration() -> str:
    """Return a configuration for Alertmanager as YAML; `amtool check-config` accepts it."""
    return files("assistant.metrics").joinpath(ALERTMANAGER).read_text(encoding="utf-8")


def _expression(rule: AlertRule) -> str:
    """Return the rule in PromQL; like McQueen's own, it needs at least `calls` calls for a share or a percentile."""
    over = f"[{round(rule.seconds * 1000)}ms]"
    enough = f" and sum(increase(mcqueen_calls_total{over})) >= {rule.calls}"
    match rule.figure:
        case "error_rate":
            ended = "|".join(sorted(FAILURES))
            failed = f'sum(increase(mcqueen_calls_total{{outcome=~"{ended}"}}{over}))'
            return f"{failed} / sum(increase(mcqueen_calls_total{over})) > {rule.above:g}{enough}"
        case "slow_calls":
            buckets = f"sum by (le) (increase(mcqueen_call_seconds_bucket{over}))"
            return f"histogram_quantile(0.95, {buckets}) > {rule.above:g}{enough}"
        case "outbox_waiting":
            return f"mcqueen_outbox_waiting > {rule.above:g}"
        case "servers_down":
            return f"count(mcqueen_server_up == 0) > {rule.above:g}"
        case "server_cpu":
            return f"max(mcqueen_server_cpu) > {rule.above:g}"
        case "server_memory":
            return f"max(mcqueen_server_memory_bytes) / 1e6 > {rule.above:g}"
        case "server_open_files":
            return f"max(mcqueen_server_open_files) > {rule.above:g}"
    assert_never(rule.figure)


def _summary(rule: AlertRule) -> str:
    match rule.figure:
        case "error_rate":
            return "{{ $value | humanizePercentage }} of the calls failed."
        case "slow_calls":
            return "The slowest calls in twenty take more than {{ $value | humanizeDuration }}."
        case "outbox_waiting":
            return "{{ $value }} confirmed calls wait for the network."
        case "servers_down":
            return "{{ $value }} servers cannot be reached."
        case "server_cpu":
            return "A server uses {{ $value | humanizePercentage }} of a processor."
        case "server_memory":
            return "A server uses {{ $value }} megabytes of memory."
        case "server_open_files":
            return "A server has {{ $value }} open files."
    assert_never(rule.figure)
