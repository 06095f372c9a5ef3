"""The pane of servers: state, circuit breaker, endpoints, session and log of each; start, stop, add by URL, import.

Starts and stops servers as `mcqueen servers` does. An added server is used after a restart of the assistant, which
takes one key.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.dashboard.pane_keys import PANE_KEYS
from assistant.dashboard.panes.pane_base import Pane
from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.dashboard.widgets.log_view import LogView
from assistant.dashboard.widgets.rows import Row, Rows
from assistant.settings.added_servers import add_server, import_servers, set_stopped
from client.client_errors import ClientError
from client.connections.links import ServerState
from client.servers.processes.control import ask_all, control_folder
from client.servers.processes.log_file import read_log
from client.values import JSON

LOG_LINES = 200
ADD: dict[str, JSON] = {
    "properties": {
        "name": {"type": "string", "description": "a word by which you know it"},
        "target": {"type": "string", "description": "its URL, or the command that starts it"},
        "trusted": {"type": "boolean", "description": "believe its hints that a tool changes nothing"},
    },
    "required": ["name", "target"],
}
IMPORT: dict[str, JSON] = {
    "properties": {"file": {"type": "string", "description": "JSON of another program, with mcpServers"}},
    "required": ["file"],
}


class ServersPane(Pane):
    """The servers on the left, the chosen one with its log on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [*PANE_KEYS["servers"]]

    def __init__(self, *, id: str) -> None:  # Textual's own name
        super().__init__(id=id)
        self._reports: dict[str, dict[str, Any]] = {}

    def compose(self) -> ComposeResult:
        """List, facts, log."""
        with Horizontal(classes="columns"):
            yield OptionList(id="servers", classes="list", markup=False)
            with Vertical(classes="details"):
                yield Rows(id="server")
                yield LogView(id="server-log")

    def take_focus(self) -> None:
        """Focus the list."""
        self.query_one("#servers", OptionList).focus()

    def look(self) -> None:
        """List the servers, and query the state of their processes."""
        if self.live is None:
            self.query_one("#server", Rows).show([Row(text="McQueen is starting")])
            return
        place = self.query_one("#servers", OptionList)
        sign = self.dashboard.symbols
        states = self.live.tools.server_states()
        widest = min(20, max((len(state.name) for state in states), default=0))
        options = [
            Option(
                f"{sign.well if one.healthy else sign.unwell} {one.name:<{widest}}  {_health(one)}"[:60], id=one.name
            )
            for one in states
        ]
        if [str(option.prompt) for option in options] != [str(option.prompt) for option in place.options]:
            before = place.highlighted
            place.set_options(options)
            place.highlighted = before if before is not None and before < len(options) else 0 if options else None
        self.dashboard.work_on(self._ask(), "server states", group="servers")

    def tick(self) -> None:
        """Update states and logs once a second."""
        self.look()

    async def _ask(self) -> None:
        folder = control_folder(self.dashboard.settings.data_path)
        answers = await asyncio.to_thread(ask_all, folder, {"do": "list"}, 2.0)
        for answer in answers:
            if answer.get("mcqueen") == os.getpid():
                self._reports = {one["name"]: one for one in answer.get("servers", ())}
        self._tell()
        name = self.chosen
        path = self.dashboard.settings.upkeep.log_path(name) if name else None
        own = list(self.dashboard.log_lines.lines)
        lines = await asyncio.to_thread(read_log, path, LOG_LINES) if path is not None else []
        self.query_one(LogView).show(lines or own, "log of the server" if lines else "log of McQueen")

    @property
    def chosen(self) -> str:
        """Name of the highlighted server; empty if there is none."""
        option = self.query_one("#servers", OptionList).highlighted_option
        return option.id if option is not None and option.id else ""

    def on_option_list_option_highlighted(self) -> None:
        """Show the server."""
        self._tell()

    def _tell(self) -> None:
        if self.live is None:
            return
        states = {state.name: state for state in self.live.tools.server_states()}
        state = states.get(self.chosen)
        if state is not None:
            self.query_one("#server", Rows).show(server_rows(state, self._reports.get(state.name, {})))

    def action_change(self, what: str) -> None:
        """Start, stop or restart the server's process, and remember that choice."""
        name = self.chosen
        if name not in self.dashboard.settings.servers:
            self.say(f"{name or 'this'} is built in; it runs with McQueen")
            return
        if self.dashboard.settings.servers[name].get("url"):
            set_stopped(name, stopped=what == "stop")
            self.say(f"{name} has no process here; it {'stays out' if what == 'stop' else 'is used'} after u")
            return

        async def change() -> None:
            set_stopped(name, stopped=what == "stop")
            folder = control_folder(self.dashboard.settings.data_path)
            answers = await asyncio.to_thread(ask_all, folder, {"do": what, "name": name})
            wrong = [answer["message"] for answer in answers if not answer.get("ok")]
            self.say(wrong[0] if wrong else f"{name}: {what} done")
            await self._ask()

        self.dashboard.work_on(change(), f"{what} of {name}", group="server-change")

    def action_add(self) -> None:
        """Add a server by URL or command."""
        self._form("Add a server", ADD, lambda values: add_server(self.dashboard.settings, values))

    def action_import(self) -> None:
        """Import the servers of another program."""
        self._form("Import servers", IMPORT, lambda values: import_servers(
            self.dashboard.settings, Path(str(values["file"])).expanduser()))  # fmt: skip

    def _form(self, title: str, schema: dict[str, JSON], do: Callable[[dict[str, JSON]], str]) -> None:
        def take(values: dict[str, JSON]) -> str:
            try:
                done = do(values)
            except ClientError as error:
                return str(error)
            from assistant.settings.settings import load_settings

            self.dashboard.settings = load_settings()
            self.say(f"{done}; u uses it now")
            return ""

        self.app.push_screen(FormSheet(title, schema, take, button="Add"))


def _health(state: ServerState) -> str:
    return "healthy" if state.healthy else "connecting" if state.detail == "connecting" else "down"


def server_rows(state: ServerState, report: dict[str, Any]) -> list[Row]:
    """Return everything about a server."""
    why = f": {state.detail}" if state.detail not in ("", "connecting") else ""
    rows = [
        Row(state.name),
        Row("health", f"{_health(state)}{why}"[:120]),
        Row("tools", str(state.tools)),
        Row("circuit", state.circuit.replace("_", " ")),
    ]
    if state.places:
        rows.append(
            Row("endpoints", ", ".join(f"{n} {'up' if up else 'down'}" for n, up in enumerate(state.places, 1)))
        )
    rows += [Row("session", state.session)] if state.session else []
    if "status" in report:
        process = f"process {report['pid']}" if report.get("pid") else "no process"
        rows.append(Row("process", f"{report['status'].lower()}, {process}, up {report['uptime']:.0f} s"))
        rows.append(Row("restarts", str(report["restarts"])))
        rows.append(Row("calls", f"{report['totalCalls']}, {report['averageExecutionTime']:.0f} ms on average"))
    return rows
