"""Every key, as the app and the screen that is shown define them. Escape closes it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from assistant.dashboard.widgets.parked import PANES, Parked


class KeysScreen(ModalScreen[None]):
    """The list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q", "app.pop_screen", "Close", priority=True)]

    def compose(self) -> ComposeResult:
        """The sheet."""
        with VerticalScroll(classes="sheet"):
            yield Label("Keys", classes="title")
            yield Static("\n".join(self._lines()), markup=False)

    def _lines(self) -> list[str]:
        parked = self.app.screen_stack[0].query_one(Parked)
        lines = ["Always, also while driving:", "  space or Ctrl+T   talk, interrupt, end the turn", "  F2   mute", ""]
        lines += ["Everywhere when parked:"]
        lines += [_line(binding) for binding in _bindings(self.app.BINDINGS)
                  if binding.action not in ("press", "mute") and not binding.action.startswith("show(")]  # fmt: skip
        lines += ["  Ctrl+P   every command, by name", "  Esc   leave the line, or close what is open"]
        lines += [f"  {number}   {label}" for number, (label, _) in enumerate(PANES.values(), 1)]
        if parked.pane is not None:
            own = _bindings(parked.pane.BINDINGS)
            label = PANES[parked.current][0]
            lines += ["", f"In {label}:", *(_line(binding) for binding in own)] if own else []
            if parked.current == "conversation":
                lines += ["", "On a turn:", "  enter   open or close   p   play it again   up, down   the next turn"]
        return lines


def _bindings(given: list[BindingType]) -> list[Binding]:
    return [one for one in given if isinstance(one, Binding)]


def _line(binding: Binding) -> str:
    keys = " or ".join(_name(key) for key in binding.key.split(","))
    return f"  {binding.key_display or keys}   {binding.description}"


def _name(key: str) -> str:
    return {"plus": "+", "minus": "-", "slash": "/"}.get(
        key, key.replace("ctrl+", "Ctrl+").replace("f", "F", 1) if key[1:].isdigit() else key.replace("ctrl+", "Ctrl+")
    )
