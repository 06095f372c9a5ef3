"""The base of all form screens: a title, a form, a line for errors, and two buttons. Escape closes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Label, Static

from assistant.dashboard.widgets.schema_form import SchemaForm, Wrong
from client.client_errors import ClientError
from client.values import JSON


class FormSheet(ModalScreen[None]):
    """A form above the panes. `take` gets the values and returns an error message, or an empty text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Close"),
        Binding("ctrl+s", "take", "OK", priority=True),
    ]

    def __init__(
        self,
        title: str,
        schema: Mapping[str, JSON],
        take: Callable[[dict[str, JSON]], str],
        *,
        values: Mapping[str, JSON] | None = None,
        button: str = "OK",
        about: str = "",
    ) -> None:
        super().__init__()
        self._heading = title
        self._schema = schema
        self._take = take
        self._values = values
        self._button = button
        self._about = about

    def compose(self) -> ComposeResult:
        """The screen's widgets."""
        with Vertical(classes="sheet"):
            yield Label(self._heading[:120], classes="title", markup=False)
            if self._about:
                yield Static(self._about, classes="about faint", markup=False)
            yield from self.above()
            yield SchemaForm(self._schema, self._values)
            yield Static("", classes="wrong", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(f"{self._button} (Ctrl+S)", id="take", variant="primary")
                yield Button("Close (Esc)", id="close")

    def above(self) -> Iterable[Widget]:
        """The widgets between the title and the form."""
        return ()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Submit the form, or close it."""
        event.stop()
        if event.button.id == "close":
            self.app.pop_screen()
        elif event.button.id == "take":
            self.action_take()

    def on_input_submitted(self) -> None:
        """Submit the form on Enter."""
        self.action_take()

    def action_take(self) -> None:
        """Submit the values; stay open if there is an error."""
        try:
            wrong = self._take(self.query_one(SchemaForm).values())
        except (Wrong, ClientError) as error:
            wrong = str(error)
        if wrong:
            self.query_one(".wrong", Static).update(wrong)
        elif self.is_current:
            self.app.pop_screen()
