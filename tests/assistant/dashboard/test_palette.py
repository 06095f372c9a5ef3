"""The palette: every key of every screen is a command, and a command of another screen goes there and acts."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.screen import ModalScreen

from assistant import dashboard
from assistant.dashboard.palette import commands
from assistant.dashboard.widgets.parked import PANES, Parked
from tests.assistant.dashboard.harness import opened, told, until


def every_key_of_the_dashboard() -> set[tuple[str, str]]:
    """Each described binding of every class of the dashboard that can be reached from the palette: (class, words)."""
    found: set[tuple[str, str]] = set()
    for module in pkgutil.walk_packages(dashboard.__path__, "assistant.dashboard."):
        if module.name.endswith("web_dashboard"):
            continue  # a server, not a screen; needs an extra
        for one in vars(importlib.import_module(module.name)).values():
            # What opens over the screens covers the palette as well: its keys act while it is open, and stand on it.
            if not (isinstance(one, type) and issubclass(one, DOMNode) and one.__module__ == module.name):
                continue
            if not issubclass(one, ModalScreen):
                keys = [key for key in vars(one).get("BINDINGS", ()) if isinstance(key, Binding)]
                found |= {(one.__name__, key.description) for key in keys if key.description and not key.system}
    return found


OF_THE_APP = {
    "Keys": "Keys", "Talk": "Talk", "Mute": "Mute or speak", "Drive/park": "Drive or park", "Look": "Next look",
    "Settings": "Settings", "Next screen": "Next screen", "Screen before": "Screen before", "Quit": "Quit",
    "Type": "Type", **{label: f"Show {label}" for label, _ in PANES.values()},
}  # fmt: skip
"""The name of a command of the palette for each key of the app, by the key's words."""
ON_SCREENS = {kind: label for label, kind in PANES.values()} | {"TurnView": "Conversation"}
"""The screen on which a class's keys act."""


@pytest.mark.proves("F.palette")
async def test_the_palette_finds_every_command_of_every_screen(folder: Path) -> None:
    async with opened(folder) as (app, _):
        titles = {command.title for command in commands(app)}
        keys = every_key_of_the_dashboard()
        assert {name for name, _ in keys} == {"Dashboard", "TurnView"} | {kind for _, kind in PANES.values()} - {
            "ConversationPane", "MetricsPane",  # they have no keys of their own
        }  # fmt: skip
        for name, words in keys:
            wanted = OF_THE_APP[words] if name == "Dashboard" else f"{ON_SCREENS[name]}: {words}"
            assert wanted in titles, f"the palette lacks {words!r} of {name}"


@pytest.mark.proves("F.palette")
async def test_a_command_of_another_screen_goes_there_and_acts(folder: Path) -> None:
    async with opened(folder) as (app, pilot):
        for typed_in, at_last in (
            ("vehicle journey", told(app, "The vehicle travels")),
            ("outbox verify", told(app, "The ledger is whole")),
            ("conversation play", told(app, "Nothing was said yet")),
        ):
            await pilot.press("ctrl+p")
            await until(pilot, lambda: isinstance(app.screen, CommandPalette))
            await pilot.press(*(key if key != " " else "space" for key in typed_in), "enter", "enter")
            await until(pilot, at_last)
            await until(pilot, lambda: len(app.screen_stack) == 1)
            assert app.base.query_one(Parked).current == typed_in.split()[0]
