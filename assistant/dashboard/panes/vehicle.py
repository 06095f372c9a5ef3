"""Vehicle and drive: signals, the map, what may be shown and said now; and a drive to run, hold, step and look back on.

Signals are set on the simulated vehicle only; a drive has a vehicle, a client and a town of its own.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from assistant.dashboard.drive_player import FAULTS, DrivePlayer
from assistant.dashboard.journey import draw_map, make_journey
from assistant.dashboard.panes.base import Pane
from assistant.dashboard.screens.sheet import FormSheet
from assistant.policy.driving import LIMITS
from assistant.scenarios.bundled import bundled_drives, find_drive
from assistant.vehicle.signals import GEAR
from assistant.vehicle.simulation import Journey
from client.values import JSON


class VehiclePane(Pane, can_focus=True):
    """Facts at the left; map, drive and its story at the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "choose", "Drive"),
        Binding("g", "go", "Run/pause"),
        Binding("n", "step", "Step"),
        Binding("left", "scrub(-1)", "Back", show=False),
        Binding("right", "scrub(1)", "On", show=False),
        Binding("end", "scrub(0)", "Newest", show=False),
        Binding("j", "journey", "Journey"),
        *(Binding(key, f"fault('{key}')", f"Fault: {name}", show=False) for key, (name, _) in FAULTS.items()),
    ]

    class Moved(Message):
        """The drive came to its next step."""

    def __init__(self, *, id: str) -> None:  # Textual's own name
        super().__init__(id=id)
        self.player = DrivePlayer(self._moved)
        self._journey: Journey | None = None
        self._travels = False
        self._cursor: int | None = None
        self._put_in = ""

    def compose(self) -> ComposeResult:
        """Facts, map, story."""
        with Horizontal(classes="columns"):
            with VerticalScroll(classes="list", can_focus=False):
                yield Static("", id="signals", markup=False)
            with Vertical(classes="details"):
                yield Static("", id="map", markup=False)
                yield Static("", id="drive", markup=False)
        yield Static(
            "left, right: look back   faults: t o w a c z h m x s, named by F1",
            classes="hint",
            markup=False,
        )

    def take_focus(self) -> None:
        """The keys are the screen's own."""
        self.focus()

    def on_mount(self) -> None:
        """A way to draw."""
        if self.live is not None:
            self._journey = make_journey(self.live.vehicle)

    def look(self) -> None:
        """Show signals, map and story as they are now."""
        if self.live is not None and self._journey is None:
            self._journey = make_journey(self.live.vehicle)
        self.query_one("#signals", Static).update("\n".join(self._facts()))
        place = self.query_one("#map", Static)
        width, height = self.query_one(".details").size
        rows = max(3, height // 2)
        lines = draw_map(self._journey, max(10, width - 2), rows, self.dashboard.symbols) if self._journey else []
        place.update("\n".join(lines))
        self.query_one("#drive", Static).update("\n".join(self._story(max(2, height - rows - 1))))

    def tick(self) -> None:
        """A second of the journey, and everything anew."""
        if self._travels and self._journey is not None:
            self._journey.advance(1.0)
        self.look()

    def _facts(self) -> list[str]:
        live = self.live
        if live is None:
            return ["McQueen is starting"]
        player = self.player
        values = player.vehicle or dict(live.vehicle.values())
        lines = [f"{'drive ' + player.name if player.vehicle else 'simulated vehicle'}"[:38], ""]
        for name, value in values.items():
            short = name.rpartition(".")[2] if name != GEAR else "SelectedGear"
            lines.append(f"{short[:20]:<20} {_value(value)}")
        limits = LIMITS[self.dashboard.driving]
        lines += [
            "",
            f"now {self.dashboard.driving}:",
            f"  {limits.spoken_words} words, {limits.options} options",
            f"  transcript: {'yes' if limits.shows_transcript else 'no'}",
            f"  typing: {'yes' if limits.allows_typing else 'no'}",
        ]
        measured = player.limits()
        if measured:
            lines += ["", "limits of the drive (worst):"]
            lines += [f"  {'ok ' if one.holds else 'NO '} {one.row:<10} {one.value}" for one in measured]
        if self._journey is not None:
            network = "network" if self._journey.network else "no network here"
            lines += ["", f"journey: km {self._journey.kilometers:.0f}, {network}"]
        return lines

    def _story(self, rows: int) -> list[str]:
        player = self.player
        if not player.name:
            return ["No drive is chosen: d chooses one, g runs it"]
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
        shown = entries[max(0, end - rows + 1) : end]
        return [head[:118], *(f"{entry.at:6.1f} {entry.kind:<10} {entry.text}"[:118] for entry in shown)]

    def _moved(self) -> None:
        self.post_message(self.Moved())

    def on_vehicle_pane_moved(self, message: Moved) -> None:
        """The drive went on."""
        message.stop()
        self.look()

    def action_choose(self) -> None:
        """Choose a drive."""

        def take(values: dict[str, JSON]) -> str:
            path = find_drive(str(values["drive"]))
            self.play(str(path), paused=bool(values.get("paused")))
            return ""

        schema: dict[str, JSON] = {
            "properties": {
                "drive": {"enum": [path.stem for path in bundled_drives()]},
                "paused": {"type": "boolean", "description": "hold before the first step"},
            },
            "required": ["drive"],
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
        """Hold, or go on."""
        if not self.player.name:
            self.action_choose()
            return
        self.player.pause_or_go()
        self.look()

    def action_step(self) -> None:
        """One step on."""
        self.player.step()

    def action_scrub(self, step: int) -> None:
        """Look back on what has happened, entry by entry; 0 is the newest."""
        count = len(self.player.entries)
        if not count:
            return
        at = count if self._cursor is None else self._cursor
        self._cursor = max(1, at + step) if step and at + step < count else None
        self.look()

    def action_fault(self, key: str) -> None:
        """Put a fault into the drive before its next step."""
        name, fault = FAULTS[key]
        if not self.player.name or self.player.result is not None:
            self.say("Faults go into a drive that runs; choose one with d")
            return
        self.player.put_in(fault)
        self._put_in = f"next: {name}"
        self.look()

    def action_journey(self) -> None:
        """Let the simulated vehicle travel on the map, or hold it."""
        self._travels = not self._travels
        self.say("The vehicle travels while it drives (F5)" if self._travels else "The vehicle stays where it is")


def _value(value: float | int | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"
