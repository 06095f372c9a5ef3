"""The pane of vehicle and drive: signals, map, what may be shown and said now; run, pause and step a drive, and look
back. Sets signals of the simulated vehicle only; a drive has its own vehicle, client and town.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from assistant.dashboard.drive_player import FAULTS, DrivePlayer
from assistant.dashboard.journey import END, START, draw_map, make_journey, where
from assistant.dashboard.last_minute import in_lines
from assistant.dashboard.pane_keys import FAULT_NAMES, PANE_KEYS
from assistant.dashboard.panes.pane_base import Pane
from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.dashboard.widgets.rows import Row, Rows, wrapped
from assistant.dashboard.widgets.status import status_text
from assistant.drives.bundled import bundled_drives, find_drive
from assistant.drives.driving_limits import Measured
from assistant.policy.driving import LIMITS, DrivingState
from assistant.vehicle.signals import AMBIENT, BATTERY, CHARGING, GEAR, INSIDE, PARKING_BRAKE, RANGE, SPEED
from assistant.vehicle.simulation import Journey
from client.values import JSON

LONGEST = 120
"""Most characters of a line of the timeline (row S7)."""
HINT = "F1 names every key"
STORY_COLUMN = 18
"""Column at which the words of the timeline begin."""
GEARS = {126: "P", 127: "D", 0: "N", -1: "R"}
READABLE: dict[str, tuple[str, str, float]] = {
    # signal: (what it is called here, its unit here, by what it is multiplied for that)
    SPEED: ("Speed", "km/h", 1.0),
    GEAR: ("Gear", "", 1.0),
    PARKING_BRAKE: ("Parking brake", "", 1.0),
    RANGE: ("Range", "km", 0.001),
    BATTERY: ("Battery", "%", 1.0),
    CHARGING: ("Charging", "", 1.0),
    AMBIENT: ("Outside", "degrees", 1.0),
    INSIDE: ("Inside", "degrees", 1.0),
}


class VehiclePane(Pane, can_focus=True):
    """Facts on the left; map, drive and its timeline on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [*PANE_KEYS["vehicle"]]

    class Moved(Message):
        """The drive reached its next step."""

    def __init__(self, *, id: str) -> None:  # Textual's own name
        super().__init__(id=id)
        self.player = DrivePlayer(self._moved)
        self._journey: Journey | None = None
        self._travels = False
        self._cursor: int | None = None
        self._put_in = ""

    def compose(self) -> ComposeResult:
        """Facts, map, timeline."""
        with Horizontal(classes="columns"):
            with VerticalScroll(classes="list", can_focus=False):
                yield Rows(id="signals")
            with Vertical(classes="details"):
                yield Static("", id="where", classes="title", markup=False)
                yield Static("", id="map", classes="cut", markup=False)
                yield Static("", id="drive", classes="title", markup=False)
                yield Static("", id="story", classes="cut", markup=False)
        yield Static("", id="faults", classes="hint", markup=False)

    def take_focus(self) -> None:
        """Focus the pane itself: its keys need no widget."""
        self.focus()

    def on_mount(self) -> None:
        """Make a route to draw."""
        if self.live is not None:
            self._journey = make_journey(self.live.vehicle)

    @property
    def _shown(self) -> Journey | None:
        """The drive's route if a drive has one, else the simulated vehicle's."""
        return self.player.journey or self._journey

    def look(self) -> None:
        """Show signals, map and timeline as they are now."""
        if self.live is not None and self._journey is None:
            self._journey = make_journey(self.live.vehicle)
        symbols = self.dashboard.symbols
        self.query_one("#signals", Rows).show(self._facts())
        faults = (f"{key} {name}" for key, name in FAULT_NAMES.items())
        hints = in_lines((symbols.look_back, *faults), self.size.width, "  ") if self.player.name else [HINT]
        self.query_one("#faults", Static).update("\n".join(hints))
        width, height = self.query_one(".details").size.width, self.size.height - len(hints)
        rows = max(3, height // 2 - 1)
        journey = self._shown
        if journey is not None:
            lines = draw_map(journey, max(10, width - 2), rows, symbols)
            self.query_one("#map", Static).update("\n".join(lines))
            whose = "the drive's way" if journey is self.player.journey else f"{START} to {END}"
            signs = [f"{symbols.vehicle} vehicle", f"{symbols.way} way", f"{symbols.rest} no network"]
            signs.append(f"{symbols.road} road")
            told = in_lines((*re.split("[;,] ", where(journey)), whose, *signs), max(10, width - 2))
            self.query_one("#where", Static).update("\n".join(told))
            rows += len(told) - 1
        head, *story = self._story(max(1, height - rows - 2), max(10, width - 2))
        self.query_one("#drive", Static).update(head)
        self.query_one("#story", Static).update("\n".join(story))

    def on_resize(self) -> None:
        """Draw the map as large as the space allows."""
        self.call_after_refresh(self.look)

    def tick(self) -> None:
        """Advance the journey by a second and draw again."""
        if self._travels and self._journey is not None:
            self._journey.advance(1.0)
        self.look()

    def _facts(self) -> list[Row]:
        live = self.live
        if live is None:
            return [Row(text="McQueen is starting")]
        player = self.player
        whose = f"drive {player.name}" if player.vehicle else f"{'simulated ' if live.vehicle.simulated else ''}vehicle"
        rows = [Row(whose[:40])]
        if player.vehicle:
            now = player.standing
            rows.append(Row("network", status_text(replace(now, driving=DrivingState.MOVING), self.dashboard.symbols)))
        rows += [Row(*readable(name, value)) for name, value in (player.vehicle or dict(live.vehicle.values())).items()]
        driving = player.standing.driving if player.vehicle else self.dashboard.driving
        limits = LIMITS[driving]
        rows += [
            Row(),
            Row(f"limits now: {driving}"),
            Row("words", f"{limits.spoken_words} spoken"),
            Row("options", f"{limits.options} at once"),
            Row("transcript", "shown" if limits.shows_transcript else "not shown"),
            Row("typing", "allowed" if limits.allows_typing else "refused"),
        ]
        measured = player.limits()
        rows += [Row(), Row("limits of the drive")] if measured else []
        return [*rows, *map(_limit, measured)]

    def _story(self, rows: int, width: int) -> list[str]:
        player = self.player
        if not player.name:
            return [
                "No drive is chosen",
                "d chooses one, g runs and holds it, n is one step;",
                "faults go into it by key",
            ]
        how = "ended" if player.result else "runs" if player.running else "held"
        head = f"{player.name}: step {player.done} of {player.steps}, {how}"
        if player.result is not None:
            held = sum(finding.holds for finding in player.result.findings)
            head += f", {held} of {len(player.result.findings)} held"
        if self._put_in:
            head += f"; {self._put_in}"
        entries = player.entries
        end = len(entries) if self._cursor is None else self._cursor
        head += "" if self._cursor is None else f"; looking at {end} of {len(entries)}"
        lines: list[str] = []
        for entry in reversed(entries[:end]):
            row = Row(f"{entry.at:6.1f} {entry.kind:<9}", entry.text[:LONGEST])
            more = [str(line) for line in wrapped([row], width, STORY_COLUMN)]
            if lines and len(lines) + len(more) > rows:
                break
            lines = [*more, *lines]
        return [head, *lines]

    def _moved(self) -> None:
        self.post_message(self.Moved())

    def on_vehicle_pane_moved(self, message: Moved) -> None:
        """Draw the drive's new step."""
        message.stop()
        self.look()

    def action_choose(self) -> None:
        """Choose a drive."""

        def take(values: dict[str, JSON]) -> str:
            chosen = values.get("file") or values.get("drive")
            if not chosen:
                return "choose a drive, or give a file of yours"
            self.play(str(Path(str(chosen)).expanduser()), paused=bool(values.get("paused")))
            return ""

        schema: dict[str, JSON] = {
            "properties": {
                "drive": {"enum": [path.stem for path in bundled_drives()]},
                "file": {"type": "string", "description": "or a drive of yours, a YAML file"},
                "paused": {"type": "boolean", "description": "hold before the first step"},
            }
        }
        self.app.push_screen(FormSheet("Choose a drive", schema, take, button="Play"))

    def play(self, name: str, *, paused: bool = False) -> None:
        """Play a drive from its beginning."""
        path = find_drive(name)
        self._cursor, self._put_in = None, ""

        async def play() -> None:
            await self.player.play(path, paused=paused)

        self.dashboard.work_on(play(), f"drive {path.stem}", group="drive")

    def action_go(self) -> None:
        """Pause or continue."""
        if not self.player.name:
            self.action_choose()
            return
        self.player.pause_or_go()
        self.look()

    def action_step(self) -> None:
        """Play one step."""
        self.player.step()

    def action_scrub(self, step: int) -> None:
        """Look back at the timeline, entry by entry; 0 is the newest."""
        count = len(self.player.entries)
        if not count:
            return
        at = count if self._cursor is None else self._cursor
        self._cursor = max(1, at + step) if step and at + step < count else None
        self.look()

    def action_fault(self, key: str) -> None:
        """Add a fault to the drive before its next step."""
        if not self.player.name or self.player.result is not None:
            self.say("Faults go into a drive that runs; choose one with d")
            return
        self.player.put_in(FAULTS[key])
        self._put_in = f"next: {FAULT_NAMES[key]}"
        self.look()

    def action_journey(self) -> None:
        """Start or pause the simulated vehicle's journey on the map."""
        self._travels = not self._travels
        self.say("The vehicle travels while it drives (F5)" if self._travels else "The vehicle stays where it is")


def _limit(one: Measured) -> Row:
    """Return a limit in words: whether it holds, what it is, the worst so far, and its row in the driving limits."""
    if one.worst is None:
        return Row("no case", f"{one.limit} ({one.row})")
    return Row("holds" if one.holds else "BROKEN", f"{one.limit}: {one.value} ({one.row})")


def readable(name: str, value: float | int | bool) -> tuple[str, str]:
    """Return a signal as people say it: its name, and its value with the unit."""
    label, unit, factor = READABLE.get(name, (name.rpartition(".")[2], "", 1.0))
    if name == GEAR:
        return label, GEARS.get(int(value), str(value))
    if isinstance(value, bool):
        return label, "yes" if value else "no"
    return label, f"{value * factor:.4g} {unit}".rstrip()
