"""The assistant behind the dashboard: opened after the first paint, ended with the app, driven by events.

One worker owns its whole life, so that any failure inside it ends here and is reported. It decides nothing.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.assembly import Live
    from assistant.conversation.observations import Observation
    from assistant.settings.settings import Settings
    from client.values import JSON

DRIVING_SPEED = 50.0
"""km/h of the simulated vehicle after the key that starts it."""


class AssistantWorker:
    """Opens and ends the assistant, and passes on what the driver does."""

    def __init__(self, observe: Callable[[Observation], None], complain: Callable[[str], None]) -> None:
        self._observe = observe
        self._complain = complain
        self._ending = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()
        self.live: Live | None = None
        self.only: str | None = None
        """The one server that is used, as `open_live` takes it; None for all that are configured."""

    async def run(self, settings: Settings, *, sound: bool) -> None:
        """Keep the assistant open until `close` or a failure; the failure is raised."""
        self._ending.clear()
        self._ended.clear()
        try:
            # Seconds of importing on a slow machine: aside, so that the first keys are answered meanwhile.
            assembly = await asyncio.to_thread(importlib.import_module, "assistant.assembly")
            opening = assembly.open_live(
                settings, self._complain, sound=sound, server=self.only, only=self.only is not None
            )
            async with opening as live:
                self.live = live
                live.runtime.observe(self._observe)
                live.runtime.drive(live.runtime.state.driving)  # a first event, so that the state is shown
                await self._ending.wait()
        finally:
            self.live = None
            self._ended.set()

    async def close(self) -> None:
        """End the assistant and wait for its end."""
        self._ending.set()
        await self._ended.wait()

    @property
    def following(self) -> str:
        """The next stop on the route; empty without guidance."""
        cabin = self.live.cabin if self.live else None
        return cabin.route[0] if cabin is not None and cabin.route else ""

    def mute(self, muted: bool) -> None:
        """Show messages without speaking them."""
        from assistant.conversation.live_sound import LiveMouth

        if self.live is not None and isinstance(self.live.mouth, LiveMouth):
            self.live.mouth.muted = muted

    def drive_off_or_park(self) -> None:
        """Start or park the simulated vehicle."""
        if self.live is None or not self.live.vehicle.simulated:
            return
        from assistant.policy.driving import GEAR_DRIVE, GEAR_PARK
        from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SPEED

        if self.live.vehicle.speed:
            self.live.vehicle.set({SPEED: 0.0, GEAR: GEAR_PARK, PARKING_BRAKE: True})
        else:
            self.live.vehicle.set({SPEED: DRIVING_SPEED, GEAR: GEAR_DRIVE, PARKING_BRAKE: False})

    def request(self, tool: str, arguments: Mapping[str, JSON]) -> None:
        """Request a tool, as a sentence with exactly this meaning would."""
        from assistant.dialogue.events import Heard
        from assistant.understanding.reading import Interpretation, Reading

        if self.live is None:
            return
        found = self.live.runtime.state.catalog.find(tool)
        missing = tuple(name for name in found.required if name not in arguments) if found else ()
        reading = Reading(interpretations=(Interpretation(tool, dict(arguments), missing, 1.0),))
        self.live.runtime.send(lambda at: Heard(at, reading, typed=True))
