"""Lists every key of the app and of the present screen. Escape closes it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from assistant.dashboard.pane_keys import PANE_KEYS, key_name
from assistant.dashboard.widgets.parked import PANES, Parked
from assistant.dashboard.widgets.rows import Row, Rows


class KeysScreen(ModalScreen[None]):
    """The list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q", "app.pop_screen", "Close", priority=True)]

    def compose(self) -> ComposeResult:
        """The screen's widgets."""
        with VerticalScroll(classes="sheet"):
            yield Rows(id="keys")

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one(Rows).show(self._rows())

    def _rows(self) -> list[Row]:
        parked = self.app.screen_stack[0].query_one(Parked)
        rows: list[Row] = []
        if own := PANE_KEYS[parked.current]:
            rows += [Row(f"In {PANES[parked.current][0]}"), *map(_row, own), Row()]
        if parked.current == "conversation":
            rows += [Row("On a turn"), Row("Up, Down", "The next turn"), Row("Enter", "Open or close")]
            rows += [Row("p", "Play the driver's words again"), Row()]
        rows += [
            Row("Always, also while driving"),
            Row("Space, Ctrl+T", "Talk, interrupt, end the turn"),
            Row("F2", "Mute"),
        ]
        rows += [Row(), Row("Everywhere when parked")]
        rows += [_row(binding) for binding in _bindings(self.app.BINDINGS)
                 if binding.action not in ("press", "mute") and not binding.action.startswith("show(")
                 and not binding.system]  # fmt: skip
        rows += [Row("Ctrl+P", "Every command, by name"), Row("Esc", "Leave the line, or close what is open"), Row()]
        return [*rows, Row("Screens"), *(Row(str(n), label) for n, (label, _) in enumerate(PANES.values(), 1))]


def _bindings(given: list[BindingType]) -> list[Binding]:
    return [one for one in given if isinstance(one, Binding)]


def _row(binding: Binding) -> Row:
    return Row(key_name(binding), binding.description)
