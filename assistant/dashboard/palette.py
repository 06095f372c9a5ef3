"""Every command, for the command palette. Names actions of the app; does nothing itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from assistant.dashboard.pane_keys import PANE_KEYS, TURN_KEYS, key_name
from assistant.dashboard.themes import NAMES
from assistant.dashboard.widgets.parked import PANES, Parked

if TYPE_CHECKING:
    from assistant.dashboard.face import Face


def commands(app: Face) -> Iterator[SystemCommand]:
    """Yield every command with a short description."""
    yield SystemCommand("Talk", "Push-to-talk (Space, Ctrl+T)", app.action_press)
    yield SystemCommand("Type", "Type instead of speaking (/)", app.action_type)
    yield SystemCommand("Mute or speak", "Only show what would be said (F2)", app.action_mute)
    for number, (name, (label, _)) in enumerate(PANES.items(), 1):
        yield SystemCommand(f"Show {label}", f"The screen {label} ({number})", partial(app.action_show, name))
    yield SystemCommand("Next screen", "In a circle (F6)", partial(app.action_pane, 1))
    yield SystemCommand("Screen before", "In a circle (Shift+F6)", partial(app.action_pane, -1))
    yield SystemCommand("Next look", "Dark, light, high contrast, night (F3)", app.action_next_theme)
    for theme in NAMES:
        yield SystemCommand(f"Look: {theme}", "Colours, kept in mcqueen.toml", partial(app.take_theme, theme))
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
    """Yield the commands of every screen, the present one's first; each goes to its screen and acts there."""
    here = app.screen_stack[0].query_one(Parked).current
    for name in sorted(PANES, key=lambda name: name != here):
        label = PANES[name][0]
        for binding in PANE_KEYS[name]:
            what = f"{binding.tooltip}; " if binding.tooltip else ""
            yield SystemCommand(
                f"{label}: {binding.description}", f"{what}{key_name(binding)} on the screen {label}",
                partial(_run, app, name, binding.action),
            )  # fmt: skip
    for binding in TURN_KEYS:
        if binding.description:
            yield SystemCommand(
                f"Conversation: {binding.description}", f"{binding.tooltip}; {key_name(binding)} on a turn",
                partial(_run_on_turn, app, binding.action),
            )  # fmt: skip


async def _run(app: Face, name: str, action: str) -> None:
    pane = await app.screen_stack[0].query_one(Parked).made(name)
    await app.run_action(action, default_namespace=pane)


async def _run_on_turn(app: Face, action: str) -> None:
    """Run it on the turn that has the focus, else on the newest."""
    pane = await app.screen_stack[0].query_one(Parked).made("conversation")
    turns = list(pane.query("TurnView"))
    if not turns:
        pane.say("Nothing was said yet")
        return
    turn = next((one for one in turns if one.has_focus), turns[-1])
    turn.focus()
    await app.run_action(action, default_namespace=turn)


def _administer(app: Face) -> None:
    from assistant.dashboard.screens.admin_screen import AdminScreen  # heavy: only if it is wanted

    app.push_screen(AdminScreen())


def _make(app: Face) -> None:
    from assistant.dashboard.screens.routine_screen import RoutineScreen  # heavy: only if it is wanted

    app.push_screen(RoutineScreen())


def _try(app: Face, tool: str) -> None:
    from assistant.dashboard.panes.tools_pane import try_tool

    try_tool(app, tool)
