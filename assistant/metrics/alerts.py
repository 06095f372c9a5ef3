"""Alert rules over the figures: which rules fire and since when; each reports once when it fires and once when it
recovers.

The rules come from the settings. Each rule says how it is reported (spoken, shown, logged); the caller passes the
means.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from assistant.metrics.figures import Figures
from assistant.settings.settings import AlertRule
from assistant.understanding.language import BASE
from assistant.wording.languages import wording_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Alert:
    """A firing rule. `since` is in seconds since the epoch."""

    rule: AlertRule
    value: float
    since: float

    @property
    def text(self) -> str:
        """The alert as one short English sentence, for logs and the page of figures."""
        return self.told(BASE)

    def told(self, language: str) -> str:
        """Return the alert's sentence in the language with that code."""
        value = f"{self.value:.1f}" if self.rule.figure == "slow_calls" else f"{self.value:.0f}"
        words = wording_of(language).table("unasked", "alerts")[self.rule.figure]
        return words.format(value=value, share=f"{self.value * 100:.0f}")


@dataclass
class WatchedFigures:
    """Figures that the rules use beside calls."""

    servers_down: int = 0
    outbox_waiting: int = 0
    cpu: float = 0.0
    """Of the server's process that uses most, as the next two."""
    memory: float = 0.0
    """In megabytes."""
    open_files: int = 0


class Alerts:
    """The rules and the firing alerts. `now` is in seconds since the epoch; `speak` says a sentence to the driver in
    `language`."""

    def __init__(
        self,
        rules: Sequence[AlertRule],
        figures: Figures,
        now: Callable[[], float],
        speak: Callable[[str], None] | None = None,
        language: str = BASE,
    ) -> None:
        self.rules = tuple(rules)
        self._figures = figures
        self._now = now
        self._speak = speak
        self._language = language
        self._broken: dict[str, Alert] = {}
        self.watched = WatchedFigures()
        for rule in rules:
            figures.firing.labels(rule.name).set(0)

    @property
    def shown(self) -> list[Alert]:
        """The firing alerts that are shown."""
        return [alert for alert in self._broken.values() if "shown" in alert.rule.tell]

    def look(self) -> None:
        """Check every rule, and report what fired or recovered since the last check."""
        for rule in self.rules:
            value = self._value(rule)
            before = self._broken.get(rule.name)
            if value > rule.above:
                since = before.since if before is not None else self._now()
                self._broken[rule.name] = Alert(rule, value, since)
                if before is None:
                    self._tell(self._broken[rule.name])
            elif before is not None:
                del self._broken[rule.name]
                self._figures.firing.labels(rule.name).set(0)
                if "logged" in rule.tell:
                    _log.warning("alert %s is over", rule.name)

    def _value(self, rule: AlertRule) -> float:
        watched = self.watched
        match rule.figure:
            case "error_rate":
                return self._figures.share_failed(rule.seconds, rule.calls)
            case "slow_calls":
                return self._figures.p95(rule.seconds, rule.calls)
            case "outbox_waiting":
                return float(watched.outbox_waiting)
            case "servers_down":
                return float(watched.servers_down)
            case "server_cpu":
                return watched.cpu
            case "server_memory":
                return watched.memory
            case "server_open_files":
                return float(watched.open_files)
        assert_never(rule.figure)

    def _tell(self, alert: Alert) -> None:
        self._figures.firing.labels(alert.rule.name).set(1)
        if "logged" in alert.rule.tell:
            _log.warning("alert %s: %s", alert.rule.name, alert.text)
        if "spoken" in alert.rule.tell and self._speak is not None:
            self._speak(alert.told(self._language))
