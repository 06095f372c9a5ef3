"""The pane of tools by server: what can be called, with what care and why; try, switch off or prefer a tool.

Trying a tool is an ordinary request, with the same confirmation.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.dashboard.pane_keys import PANE_KEYS
from assistant.dashboard.panes.pane_base import Pane
from assistant.dashboard.screens.sheet_screen import FormSheet
from assistant.dashboard.widgets.rows import Row, Rows
from assistant.policy.sensitivity import assess, is_deferrable
from assistant.understanding.templates import read_example
from client.call import ToolCall
from client.calls.idempotency_keys import new_key
from client.catalog import Tool
from client.configuration.tool_preferences import SWITCHED_OFF
from client.records.tool_settings import ToolSetting
from client.schemas.argument_checker import ArgumentChecker
from client.schemas.tool_names import parted_name, qualified_name
from client.values import JSON

if TYPE_CHECKING:
    from assistant.dashboard.face import Face


class ToolsPane(Pane):
    """Names on the left, details of one tool on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [*PANE_KEYS["tools"]]

    def compose(self) -> ComposeResult:
        """List and details."""
        with Horizontal(classes="columns"):
            yield OptionList(id="tools", classes="list", markup=False)
            with VerticalScroll(classes="details", can_focus=False):
                yield Rows(id="tool")

    def take_focus(self) -> None:
        """Focus the list."""
        self.query_one("#tools", OptionList).focus()

    def look(self) -> None:
        """List the present tools; the highlighted one stays highlighted."""
        live = self.live
        place = self.query_one("#tools", OptionList)
        if live is None:
            self.query_one("#tool", Rows).show([Row(text="McQueen is starting")])
            return
        options: list[Option] = []
        sign = self.dashboard.symbols
        held = {tool.qualified for tool in live.tools.held}
        for state in live.tools.server_states():
            options.append(Option(f"{state.name} ({state.tools})", disabled=True))
            for tool in sorted(
                (one for one in live.tools.catalog if one.server == state.name), key=lambda one: one.name
            ):
                mark = "!" if tool.qualified in held else sign.asking if assess(tool).sensitive else " "
                options.append(Option(f" {mark} {tool.name}", id=tool.qualified))
            options += [
                Option(f" {sign.unwell} {one.name}", id=qualified_name(one.server, one.name))
                for one in live.tools.catalog.rejected
                if one.server == state.name
            ]
        if [(one.id, str(one.prompt)) for one in options] != [(one.id, str(one.prompt)) for one in place.options]:
            chosen = self.chosen
            place.set_options(options)
            known = [number for number, one in enumerate(options) if one.id == chosen]
            place.highlighted = known[0] if known else next((n for n, one in enumerate(options) if one.id), None)

    def tick(self) -> None:
        """List again, because servers come and go."""
        self.look()

    @property
    def chosen(self) -> str:
        """Qualified name of the highlighted tool; empty if there is none."""
        place = self.query_one("#tools", OptionList)
        option = place.highlighted_option
        return option.id if option is not None and option.id else ""

    def on_option_list_option_highlighted(self) -> None:
        """Show the tool."""
        self._tell()

    def on_option_list_option_selected(self) -> None:
        """Try it."""
        self.action_try()

    def _tell(self) -> None:
        live = self.live
        if live is None or not self.chosen:
            return
        tool = live.tools.catalog.find(self.chosen)
        if tool is None:
            why = next((one.reason for one in live.tools.catalog.rejected
                        if qualified_name(one.server, one.name) == self.chosen), "it has gone")  # fmt: skip
            self.query_one("#tool", Rows).show([Row(self.chosen), Row(), Row(text=f"is left out: {why}")])
            return
        held = tool.qualified in {one.qualified for one in live.tools.held}
        self.query_one("#tool", Rows).show(tool_rows(tool, held))

    def action_try(self) -> None:
        """Open the form of the tool."""
        if self.live is None or self.live.tools.catalog.find(self.chosen) is None:
            self.say("There is no tool to try here")
        else:
            try_tool(self.dashboard, self.chosen)

    def action_switch(self) -> None:
        """Switch the tool off or on."""
        live = self.live
        if live is None or not self.chosen:
            return
        off = any(qualified_name(one.server, one.name) == self.chosen and one.reason == SWITCHED_OFF
                  for one in live.tools.catalog.rejected)  # fmt: skip
        self._keep(enabled=off)

    def action_prefer(self, step: int) -> None:
        """Prefer the tool to others that fit as well or slightly worse."""
        tool = self.live.tools.catalog.find(self.chosen) if self.live else None
        if tool is not None:
            self._keep(priority=max(0, min(100, tool.priority + step)))

    def action_own(self) -> None:
        """Edit the server's own settings of the tool."""
        if not self.chosen:
            return

        def take(values: dict[str, JSON]) -> str:
            given = values.get("settings")
            if given is not None and not isinstance(given, dict):
                return 'settings is an object, for example {"units": "metric"}'
            self._keep(custom_settings=given or {})
            return ""

        schema: dict[str, JSON] = {"properties": {"settings": {"type": "object", "description": "the server's own"}}}
        self.app.push_screen(FormSheet(f"Settings of {self.chosen}", schema, take))

    def action_approve(self) -> None:
        """Approve a changed tool as it is now."""
        server, name = parted_name(self.chosen)

        async def approve() -> None:
            if self.live is not None:
                done = await self.live.tools.approve(server, name)
                self.say(f"{name} is approved" if done else f"{name} has not changed")

        self.dashboard.work_on(approve(), "approval", group="tools")

    def _keep(self, **changes: object) -> None:
        server, name = parted_name(self.chosen)

        async def keep() -> None:
            if self.live is None:
                return
            preferences = self.live.tools.preferences
            tool = self.live.tools.catalog.of(server, name)
            now = (await preferences.kept(server)).get(name) or ToolSetting(
                tool is not None, tool.priority if tool else 5
            )
            wanted = replace(now, **changes)  # type: ignore[arg-type]  # names and types of ToolSetting, from above
            refused = await preferences.keep(server, name, wanted)
            self.say(refused.message if refused else
                     f"{name}: {'on' if wanted.enabled else 'off'}, priority {wanted.priority}")  # fmt: skip
            self.look()
            self._tell()

        self.dashboard.work_on(keep(), "tool settings", group="tools")


def try_tool(app: Face, qualified: str) -> None:
    """Open the form of a tool; submitting it is an ordinary request."""
    tool = app.live.tools.catalog.find(qualified) if app.live else None
    if tool is None:
        return
    checker = ArgumentChecker()

    def take(values: dict[str, JSON]) -> str:
        call = ToolCall("form", tool.server, tool.name, values, new_key())
        if (problem := checker.problem(tool, call)) is not None:
            return problem.message
        app.call_later(app.request, tool.qualified, values)
        return ""

    judged = assess(tool)
    about = f"{'McQueen asks before it does this' if judged.sensitive else 'Done at once'}: {judged.why}"
    app.push_screen(FormSheet(f"Try {tool.name}", tool.input_schema, take, button="Try", about=about))


def tool_rows(tool: Tool, held: bool = False) -> list[Row]:
    """Return everything about a tool."""
    judged = assess(tool)
    hints = [name.replace("_", " ") for name, value in vars(tool.hints).items() if value]
    rows = [
        Row(tool.qualified),
        *([Row(text=tool.title)] if tool.title else []),
        Row(text=tool.description[:400]),
        Row(),
    ]
    rows += [Row(text="CHANGED since it was approved; a accepts it as it is now"), Row()] if held else []
    rows += [
        Row("asks first", f"{'yes' if judged.sensitive else 'no'}: {judged.why}"),
        *([Row("permission", "you said that it need not be asked about")] if tool.allowed else []),
        Row("tier", f"{tool.tier.value}{f', login to {tool.service}' if tool.service else ''}"),
        Row("hints", f"{', '.join(hints) or 'none'}{'' if tool.trusted else ' (server not trusted)'}"),
        Row("offline", "waits in the outbox" if is_deferrable(tool) else "does not wait"),
        Row("repeats", "told by the server" if tool.honours_keys else "not told: never sent twice"),
        Row("priority", str(tool.priority)),
    ]
    if tool.examples:
        rows += [Row(), Row("examples"), *(Row(text=_example(raw)) for raw in tool.examples[:5])]
    rows += [Row(), Row("arguments")] if tool.properties else [Row(), Row(text="It takes no arguments")]
    for name, schema in tool.properties.items():
        kind = schema.get("type", schema.get("enum", ""))
        needed = ", needed" if name in tool.required else ""
        rows.append(Row(name, f"{kind}{needed}. {str(schema.get('description', ''))[:80]}"))
    schema_lines = json.dumps(dict(tool.input_schema), indent=1, ensure_ascii=False).splitlines()
    return [*rows, Row(), Row("schema"), *(Row(text=line) for line in schema_lines[:200])]


def _example(raw: str) -> Content:
    """Return an example sentence with the words of its arguments underlined."""
    example = read_example(raw)
    content = Content(f"{example.text[:110]}")
    for mark in example.marks:
        content = content.stylize("$success underline", mark.start, mark.end)
    return content
