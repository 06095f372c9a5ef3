"""Observations of the runtime that are not shown yet, and the history built from them.

However many arrive, only one message waits in the app, so that keys never queue behind a flood. Shows nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.dashboard.last_minute import LastMinute

if TYPE_CHECKING:
    from assistant.assembly import Live
    from assistant.conversation.live_sound import LiveEar
    from assistant.conversation.observations import Observation
    from assistant.dashboard.history import History, Turn
    from voice.recognition.recognizer_base import Samples


class Feed:
    """Takes observations at any rate and returns the turns that they changed."""

    def __init__(self, tell: Callable[[], object]) -> None:
        """`tell` is called once when observations wait, and again only after `drain`."""
        self.history: History | None = None
        """None until the first observation."""
        self.waiting: deque[Observation] = deque()
        self.minute = LastMinute()
        self._tell = tell
        self._told = False
        self._sound: list[Samples] = []
        """The sound of the turn that is being heard."""

    def take(self, seen: Observation) -> None:
        """Store an observation until the next `drain`."""
        self.waiting.append(seen)
        if not self._told:
            self._told = True
            self._tell()

    def drain(self) -> list[Turn]:
        """Add the waiting observations to the history; return the changed turns, oldest first."""
        from assistant.conversation.observations import Called
        from assistant.dashboard.history import History, joined  # numpy and more: loaded with the assistant

        self._told = False
        if self.history is None:
            self.history = History()
        changed: dict[int, Turn] = {}
        while self.waiting:
            seen = self.waiting.popleft()
            if isinstance(seen, Called):
                self.minute.called(seen.at, seen.call.server, seen.outcome.kind)
            turn = self.history.take(seen)
            if turn is not None:
                changed[turn.number] = turn
                if self._sound and turn.heard is not None and turn.sound is None:
                    turn.sound = joined(self._sound)
        return list(changed.values())

    def look(self, live: Live, at: float) -> None:
        """Note which servers are reachable at that time (seconds since the epoch), and whether there is a network."""
        reachable = {server.name: server.healthy for server in live.tools.server_states()}
        self.minute.look(at, online=live.runtime.state.online, reachable=reachable)

    def keep_sound(self, ear: LiveEar | None, *, wanted: bool) -> None:
        """Start keeping the driver's words of each turn in memory, or stop and delete them."""
        self._sound.clear()
        for turn in self.history or ():
            turn.sound = None
        if ear is not None:
            ear.tap = self._sound.append if wanted else None
