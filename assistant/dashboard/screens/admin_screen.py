"""The administration of a running `mcqueen serve`: servers, calls, users, limits and audit, a table at a time.

It looks every few seconds and changes nothing. Escape closes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

import httpx
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import DataTable, Label, OptionList, Static
from textual.widgets.option_list import Option

from assistant.dashboard.administration import Table, WhatServes, read_tables
from client.terminal_text import terminal_text

if TYPE_CHECKING:
    from assistant.dashboard.face import Face

LOOK_SECONDS = 5.0


class AdminScreen(ModalScreen[None]):
    """The names of the tables on the left, the chosen one on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Close", priority=True),
        Binding("r", "look", "Look again"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._seen = WhatServes()
        self._http = httpx.AsyncClient(trust_env=False)

    def compose(self) -> ComposeResult:
        """Title, names, table."""
        with Vertical(classes="sheet"):
            yield Label("Administration of mcqueen serve", classes="title", markup=False)
            yield Static("looking", id="admin-trouble", classes="about faint", markup=False)
            with Horizontal(classes="columns"):
                yield OptionList(id="admin-names", classes="list", markup=False)
                yield DataTable(id="admin-table", classes="details", cursor_type="row", zebra_stripes=True)

    def on_mount(self) -> None:
        """Look now and from time to time."""
        self.query_one("#admin-names", OptionList).focus()
        self.action_look()
        self.set_interval(LOOK_SECONDS, self.action_look)

    async def on_unmount(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    def action_look(self) -> None:
        """Read the tables again."""
        self.run_worker(self._read(), name="administration", group="administration", exclusive=True)

    async def _read(self) -> None:
        url = cast("Face", self.app).settings.serving.url
        self._seen = await read_tables(url, self._http)
        self.query_one("#admin-trouble", Static).update(self._seen.trouble or url)
        names = self.query_one("#admin-names", OptionList)
        titles = [table.title for table in self._seen.tables]
        if titles != [option.id for option in names.options]:
            names.set_options([Option(title, id=title) for title in titles])
            names.highlighted = 0 if titles else None
        self._show()

    def on_option_list_option_highlighted(self) -> None:
        """Show the table."""
        self._show()

    def _show(self) -> None:
        chosen = self.query_one("#admin-names", OptionList).highlighted_option
        found = next((one for one in self._seen.tables if chosen is not None and one.title == chosen.id), None)
        self._fill(found or Table(title="", heads=(), rows=()))

    def _fill(self, table: Table) -> None:
        """Show a table, with the cursor where it was. What others named is text: no sign of it steers the terminal."""
        place = cast("DataTable[str]", self.query_one("#admin-table", DataTable))
        row = place.cursor_row
        place.clear(columns=True)
        place.add_columns(*table.heads)
        for cells in table.rows:
            place.add_row(*(escape(terminal_text(cell)) for cell in cells))
        place.move_cursor(row=min(row, max(0, place.row_count - 1)))
