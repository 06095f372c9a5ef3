"""Network, outbox, vehicle and sound in one line, each as a symbol with a word (row S19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.widgets import Static

from assistant.dashboard.symbols import UNICODE, Symbols
from assistant.policy.driving import DrivingState

if TYPE_CHECKING:
    from assistant.assembly import Live


WIDEST = 200
GAP = "   "


@dataclass(frozen=True)
class Standing:
    """The state of network, outbox, vehicle and sound."""

    driving: DrivingState = DrivingState.PARKED
    online: bool = True
    waiting: int = 0
    """Confirmed calls in the outbox."""
    tools: int = 0
    down: tuple[str, ...] = ()
    """Names of unreachable servers."""
    microphone: bool = False
    muted: bool = False
    simulated: bool = True


def standing(live: Live | None, driving: DrivingState, waiting: int, *, muted: bool) -> Standing:
    """Return the state of a running assistant; without one, only what the driver set."""
    if live is None:
        return Standing(muted=muted)
    down = tuple(server.name for server in live.tools.server_states() if not server.healthy)
    state = live.runtime.state
    return Standing(
        driving, state.online, waiting, len(state.catalog), down, live.has_microphone, muted, live.vehicle.simulated
    )


def status_text(standing: Standing, symbols: Symbols, width: int = WIDEST) -> str:
    """Return the line; while moving, only network, outbox and mute. Later parts are omitted if they do not fit."""
    network = f"{symbols.online} online" if standing.online else f"{symbols.offline} offline"
    parts = [network]
    if standing.waiting:
        parts.append(f"{symbols.outbox} {standing.waiting} waiting")
    if standing.muted:
        parts.append(f"{symbols.muted} muted")
    if standing.driving is DrivingState.MOVING:
        return GAP.join(parts)
    if standing.down:
        more = f" and {len(standing.down) - 1} more" if len(standing.down) > 1 else ""
        parts.append(f"{symbols.unwell} {standing.down[0]}{more} down")
    parts.append(f"{symbols.vehicle} {standing.driving}{' (simulated)' if standing.simulated else ''}")
    parts.append(f"{symbols.microphone} microphone" if standing.microphone else f"{symbols.typed} typed")
    parts.append(f"{standing.tools} tools")
    while len(parts) > 1 and len(GAP.join(parts)) > width:
        parts.pop()
    return GAP.join(parts)


class Status(Static):
    """The status line at the bottom."""

    def __init__(self, symbols: Symbols = UNICODE) -> None:
        super().__init__(markup=False)
        self._symbols = symbols
        self._standing = Standing()

    def show(self, standing: Standing) -> None:
        """Show this state."""
        if standing != self._standing:
            self._standing = standing
            self.refresh()

    def render(self) -> str:
        """Return the line at the present width."""
        return status_text(self._standing, self._symbols, self.content_size.width or WIDEST)
