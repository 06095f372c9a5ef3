"""The panes of a parked car, one shown at a time, each made when it is first opened."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher, Tab, Tabs

from assistant.dashboard.widgets.line import Line

if TYPE_CHECKING:
    from assistant.dashboard.history import Turn
    from assistant.dashboard.panes.pane_base import Pane

PANES: dict[str, tuple[str, str]] = {
    # name: (label, class in assistant.dashboard.panes.<name>_pane)
    "conversation": ("Conversation", "ConversationPane"),
    "tools": ("Tools", "ToolsPane"),
    "servers": ("Servers", "ServersPane"),
    "outbox": ("Outbox", "OutboxPane"),
    "voice": ("Voice", "VoicePane"),
    "vehicle": ("Vehicle", "VehiclePane"),
    "metrics": ("Metrics", "MetricsPane"),
}


class Parked(Vertical):
    """Tabs, and the pane below them."""

    def __init__(self) -> None:
        super().__init__()
        self._opened = False
        self._made: dict[str, Pane] = {}
        """Panes whose widgets all exist."""
        self._changed = asyncio.Condition()
        """Told of each new pane."""

    def compose(self) -> ComposeResult:
        """The tabs with their keys, and space for a pane."""
        yield Tabs(
            *(Tab(f"{number} {label}", id=name) for number, (name, (label, _)) in enumerate(PANES.items(), 1)),
            active="conversation",
        )
        yield ContentSwitcher(id="panes")

    async def open(self) -> None:
        """Make the first pane."""
        self._opened = True
        await self._make(self.current)

    @property
    def current(self) -> str:
        """Name of the present pane."""
        return self.query_one(Tabs).active or "conversation"

    @property
    def pane(self) -> Pane | None:
        """The present pane; None until it is made."""
        return self._made.get(self.current)

    def show(self, name: str) -> None:
        """Open a pane."""
        self.query_one(Tabs).active = name

    async def made(self, name: str) -> Pane:
        """Open a pane, and return it once its widgets exist."""
        self.show(name)
        async with self._changed:
            await self._changed.wait_for(lambda: name in self._made)
        return self._made[name]

    def move(self, step: int) -> None:
        """Open the next or the previous pane, in a circle."""
        names = list(PANES)
        self.show(names[(names.index(self.current) + step) % len(names)])

    async def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        """Open the tab's pane."""
        event.stop()
        if self._opened and event.tab.id:
            await self._make(event.tab.id)

    async def _make(self, name: str) -> None:
        switcher = self.query_one("#panes", ContentSwitcher)
        if name not in self._made:
            # Aside: what a screen stands on takes tenths of a second to load, and keys are answered meanwhile.
            module = await asyncio.to_thread(importlib.import_module, f"assistant.dashboard.panes.{name}_pane")
            pane: Pane = vars(module)[PANES[name][1]](id=f"pane-{name}")
            await switcher.mount(pane)
            async with self._changed:
                self._made[name] = pane
                self._changed.notify_all()
        switcher.current = f"pane-{name}"
        self.screen.query_one(Line).set_class(name != "conversation", "elsewhere")
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        if (pane := self.pane) is not None:
            pane.look()
            pane.take_focus()

    def refresh_pane(self) -> None:
        """Update the pane."""
        if (pane := self.pane) is not None:
            pane.look()

    def tick(self) -> None:
        """Update once a second."""
        if (pane := self.pane) is not None:
            pane.tick()

    def turns_changed(self, turns: list[Turn]) -> None:
        """React to new or changed turns."""
        if (pane := self.pane) is not None:
            pane.turns_changed(turns)

    def noted(self) -> None:
        """React to a new problem."""
        if (pane := self.pane) is not None:
            pane.noted()
