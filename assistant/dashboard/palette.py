"""Every command, for the command palette. Names actions of the app; does nothing itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding

from assistant.dashboard.themes import NAMES
from assistant.dashboard.widgets.parked import PANES, Parked

if TYPE_CHECKING:
    from assistant.dashboard.face import Face


def commands(app: Face) -> Iterator[SystemCommand]:
    """Yield every command with a short description."""
    yield SystemCommand("Talk", "Push-to-talk (space)", app.action_press)
    yield SystemCommand("Mute or speak", "Only show what would be said (F2)", app.action_mute)
    for name, (label, _) in PANES.items():
        yield SystemCommand(f"Show {label}", f"The screen {label}", partial(app.action_show, name))
    for theme in NAMES:
        yield SystemCommand(
            f"Look: {theme}", "Colours, kept in mcqueen.toml (F3 takes the next)", partial(app.take_theme, theme)
        )
    yield SystemCommand("Settings", "Change settings, kept in mcqueen.toml (F4)", app.action_settings)
    yield SystemCommand(
        "Administration", "Servers, calls, users, limits and audit of mcqueen serve", partial(_administer, app)
    )
    yield SystemCommand("Make a routine", "Several steps under a name, read back as one question", partial(_make, app))
    yield SystemCommand("Delete a routine", "It asks first", partial(_try, app, "routines.delete_routine"))
    yield SystemCommand("Set up", "The guided set-up of the first start", app.action_set_up)
    yield SystemCommand("Keys", "Every key (F1)", app.action_keys)
    yield SystemCommand("Drive or park", "The simulated vehicle (F5)", app.action_vehicle)
    yield SystemCommand("Restart the assistant", "Use changed settings and servers", app.action_restart)
    yield SystemCommand(
        "Save a picture of the screen", "As SVG, in the working folder", partial(app.deliver_screenshot, path=".")
    )
    yield SystemCommand("Quit", "What was confirmed stays stored (Ctrl+Q)", app.action_quit)
    yield from _of_screens(app)
    if app.live is not None:
        for tool in app.live.tools.catalog:
            yield SystemCommand(
                f"Try {tool.qualified}", (tool.title or tool.description)[:80], partial(_try, app, tool.qualified)
            )


def _of_screens(app: Face) -> Iterator[SystemCommand]:
    """Yield the commands that the present screen has keys for."""
    pane = app.screen_stack[0].query_one(Parked).pane
    for binding in pane.BINDINGS if pane is not None else ():
        if isinstance(binding, Binding) and binding.action and binding.description:
            yield SystemCommand(binding.description, f"In this screen ({binding.key})",
                                partial(_run, app, binding.action))  # fmt: skip


async def _run(app: Face, action: str) -> None:
    await app.run_action(action, default_namespace=app.screen_stack[0].query_one(Parked).pane)


def _administer(app: Face) -> None:
    from assistant.dashboard.screens.admin_screen import AdminScreen  # heavy: only where it is wanted

    app.push_screen(AdminScreen())


def _make(app: Face) -> None:
    from assistant.dashboard.screens.routine_screen import RoutineScreen  # heavy: only where it is wanted

    app.push_screen(RoutineScreen())


def _try(app: Face, tool: str) -> None:
    from assistant.dashboard.panes.tools_pane import try_tool

    try_tool(app, tool)
