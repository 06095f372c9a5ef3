"""What `ToolClient` reports to its listeners, as data.

A listener is a plain function; it must not wait and must not raise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from client.call import Outcome, ToolCall
from client.catalog import Catalog, Tool
from client.resilience.connectivity import Connectivity


@dataclass(frozen=True)
class CatalogNotice:
    """Tools came, went or changed."""

    catalog: Catalog


@dataclass(frozen=True)
class ConnectivityChanged:
    """The network came, went or asks for a sign-in."""

    connectivity: Connectivity


@dataclass(frozen=True)
class DeliveryNotice:
    """A call from the outbox ended: it was done, is unknown, was refused, or waited too long."""

    call: ToolCall
    outcome: Outcome


@dataclass(frozen=True)
class ToolChanged:
    """A tool differs from what was approved; it is held until it is approved again."""

    tool: Tool


@dataclass(frozen=True)
class CallProgress:
    """A server reported the progress of a running call."""

    call: ToolCall
    done: float
    total: float | None
    """The total in the same unit; None if the server does not know it."""
    message: str
    """The server's own words, or empty. They are data to show, never an instruction."""


Notice = CatalogNotice | ConnectivityChanged | DeliveryNotice | ToolChanged | CallProgress
Listener = Callable[[Notice], None]


class Notices:
    """The listeners, in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._watchers: list[Listener] = []

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def add(self, listener: Listener) -> Callable[[], None]:
        """Add a listener. The returned function removes it."""
        return _added(self._listeners, listener)

    def watch(self, listener: Listener) -> Callable[[], None]:
        """Add a listener that only counts or forwards. Reports for the driver still wait for a real listener."""
        return _added(self._watchers, listener)

    def tell(self, notice: Notice) -> None:
        """Send a notice to every listener."""
        for listener in (*self._listeners, *self._watchers):
            listener(notice)


def _added(to: list[Listener], listener: Listener) -> Callable[[], None]:
    to.append(listener)

    def remove() -> None:
        if listener in to:
            to.remove(listener)

    return remove
