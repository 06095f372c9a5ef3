"""Rules over the figures: what is broken now, and since when; told once as it breaks and once as it heals.

The rules come from the settings. How a rule is told (spoken, shown, logged) is its own; the way is handed in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.metrics.figures import Figures
from assistant.settings.settings import AlertRule

_log = logging.getLogger(__name__)
_WORDS: Mapping[str, str] = {
    "error_rate": "{share:.0f} percent of the calls failed",
    "slow_calls": "Calls take up to {value:.1f} seconds",
    "outbox_waiting": "{value:.0f} confirmed calls wait for the network",
    "servers_down": "{value:.0f} servers cannot be reached",
}


@dataclass(frozen=True)
class Alert:
    """A rule that is broken. `since` is in seconds since the epoch."""

    rule: AlertRule
    value: float
    since: float

    @property
    def text(self) -> str:
        """Return it as one short sentence."""
        return f"{_WORDS[self.rule.figure].format(value=self.value, share=self.value * 100)}."


@dataclass
class Watched:
    """What the rules look at besides calls."""

    servers_down: int = 0
    outbox_waiting: int = 0


class Alerts:
    """The rules and what is broken. `now` is in seconds since the epoch; `speak` says a sentence to the driver."""

    def __init__(
        self,
        rules: Sequence[AlertRule],
        figures: Figures,
        now: Callable[[], float],
        speak: Callable[[str], None] | None = None,
    ) -> None:
        self._rules = rules
        self._figures = figures
        self._now = now
        self._speak = speak
        self._broken: dict[str, Alert] = {}
        self.watched = Watched()
        for rule in rules:
            figures.firing.labels(rule.name).set(0)

    @property
    def shown(self) -> list[Alert]:
        """What is broken now and wants to be shown."""
        return [alert for alert in self._broken.values() if "shown" in alert.rule.tell]

    def look(self) -> None:
        """Look at every rule, and tell what broke or healed since the last look."""
        for rule in self._rules:
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
        if rule.figure == "error_rate":
            return self._figures.share_failed(rule.seconds, rule.calls)
        if rule.figure == "slow_calls":
            return self._figures.p95(rule.seconds, rule.calls)
        watched = self.watched
        return float(watched.outbox_waiting if rule.figure == "outbox_waiting" else watched.servers_down)

    def _tell(self, alert: Alert) -> None:
        self._figures.firing.labels(alert.rule.name).set(1)
        if "logged" in alert.rule.tell:
            _log.warning("alert %s: %s", alert.rule.name, alert.text)
        if "spoken" in alert.rule.tell and self._speak is not None:
            self._speak(alert.text)
