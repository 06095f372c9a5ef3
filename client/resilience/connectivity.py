"""The connectivity as one state, derived from the results of calls and probes; it never probes by itself.

Only servers on the network count; a server in this process or on a pipe says nothing about the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum


class Connectivity(StrEnum):
    """The state that the dialogue and the dashboard see."""

    ONLINE = "online"
    DEGRADED = "degraded"
    """Some servers can be reached, some cannot."""
    OFFLINE = "offline"
    CAPTIVE = "captive"
    """The network answers with a sign-in page (captive portal)."""


class Reach(StrEnum):
    """The last result for one server."""

    UNTRIED = "untried"
    REACHED = "reached"
    LOST = "lost"
    PORTAL = "portal"


class ConnectivityMonitor:
    """Keeps the last result for each server and calls a listener when the connectivity changes."""

    def __init__(self, servers: Iterable[str], listener: Callable[[Connectivity], None]) -> None:
        self._reach = dict.fromkeys(servers, Reach.UNTRIED)
        self._listener = listener
        self.state = Connectivity.ONLINE

    def saw(self, server: str, reach: Reach) -> None:
        """Record how a call or probe of that server ended; a server that does not count is ignored."""
        if server not in self._reach:
            return
        self._reach[server] = reach
        state = derive(self._reach.values())
        if state is not self.state:
            self.state = state
            self._listener(state)


def derive(seen: Iterable[Reach]) -> Connectivity:
    """Return the state; before the first call, the network counts as available."""
    tried = [reach for reach in seen if reach is not Reach.UNTRIED]
    if not tried or all(reach is Reach.REACHED for reach in tried):
        return Connectivity.ONLINE
    if Reach.REACHED in tried:
        return Connectivity.DEGRADED
    return Connectivity.CAPTIVE if Reach.PORTAL in tried else Connectivity.OFFLINE
