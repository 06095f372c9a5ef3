"""Pictures of the dashboard for the docs, from a real run with the town: part of `make docs`.

Outside `docs.generate --check`, because a real run shows real milliseconds and today's date. Draws nothing of its own.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from assistant.dashboard.app import Dashboard
from assistant.dashboard.panes.vehicle_pane import VehiclePane
from assistant.dashboard.widgets.parked import Parked
from assistant.dialogue.turns import Mode
from assistant.settings.settings import Settings
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SPEED

IMAGES = Path(__file__).parent / "images"
PATIENCE = 60.0
MORE = ("what's the weather in Heilbronn", "how far can I go", "what's the weather in Mannheim", "turn the fan up")
"""Said before the figures are looked at."""
INSIDE = 5
"""Steps of the drive until the car is in its dead zone, with a message that waits."""


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for the app to come to a condition."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await pilot.pause(0.05)
    await pilot.pause(0.3)


def save(app: Dashboard, name: str) -> None:
    """Keep what is on the screen, without the fonts of another host."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", app.export_screenshot(title="McQueen"), flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", f"terminal-{name}", svg)
    (IMAGES / f"dashboard-{name}.svg").write_text(svg, encoding="utf-8")


async def say(app: Dashboard, pilot: Pilot[int], text: str) -> None:
    """Type a line and send it."""
    line = app.query_one("#line", Input)
    line.value = text
    line.focus()
    await pilot.press("enter")


async def pictures(folder: Path) -> None:
    """One conversation, and a look at every screen."""
    app = Dashboard(Settings(data_folder=str(folder)), sound=False)
    async with app.run_test(size=(110, 32)) as pilot:
        await until(pilot, lambda: app.live is not None and len(app.live.runtime.state.catalog) > 0)
        assert app.live is not None
        runtime, car = app.live.runtime, app.live.vehicle
        await say(app, pilot, "what's the weather in Mannheim")
        await until(
            pilot, lambda: runtime.state.memory.past is not None and runtime.state.memory.past.outcome is not None
        )
        await say(app, pilot, "book a table at luigi's for two tomorrow at seven")
        await until(pilot, lambda: runtime.state.mode is Mode.CONFIRMING and runtime.state.said.heard)
        save(app, "conversation")
        car.set({SPEED: 87.0, GEAR: 127, PARKING_BRAKE: False})
        await until(pilot, lambda: app.screen.has_class("moving"))
        save(app, "moving")
        app.theme = "mcqueen-night"
        await pilot.pause()
        save(app, "night")
        app.theme = "mcqueen-dark"
        car.set({SPEED: 0.0, GEAR: 126, PARKING_BRAKE: True})
        await until(pilot, lambda: not app.screen.has_class("glance"))
        await say(app, pilot, "yes")
        await until(pilot, lambda: runtime.state.mode is not Mode.CONFIRMING and "book" in str(runtime.state.said.text))
        for text in MORE:
            turns = len(app.history.turns) if app.history else 0
            await say(app, pilot, text)
            await until(pilot, lambda turns=turns: app.history is not None and len(app.history.turns) > turns)
        await screens(app, pilot)


async def screens(app: Dashboard, pilot: Pilot[int]) -> None:
    """The other screens."""
    parked = app.query_one(Parked)
    for name in ("tools", "servers", "outbox", "vehicle", "metrics"):
        app.action_show(name)
        await until(pilot, lambda name=name: parked.pane is not None and parked.pane.id == f"pane-{name}")
        if name == "tools":
            place = app.query_one("#tools", OptionList)
            wanted = "town.book_restaurant_public"
            place.highlighted = next(n for n, option in enumerate(place.options) if option.id == wanted)
            app.theme = "mcqueen-light"
        if isinstance(parked.pane, VehiclePane):
            player = parked.pane.player
            parked.pane.play("through-a-dead-zone", paused=True)
            for step in range(1, INSIDE + 1):
                await until(pilot, lambda player=player: bool(player.entries) or player.journey is not None)
                player.step()
                await until(pilot, lambda player=player, step=step: player.done == step and not player.running)
            await until(pilot, lambda player=player: player.waiting == 1)
        await pilot.pause(1.5)
        save(app, name)
        app.theme = "mcqueen-dark"


def main() -> None:
    """Write all of them, with settings and data of their own."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder)
        asyncio.run(pictures(Path(folder) / "data"))


if __name__ == "__main__":
    main()
