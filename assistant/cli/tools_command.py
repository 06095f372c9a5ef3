"""`mcqueen tools`: lists tools with their care levels, and stores the user's preferences. Calls nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain, stop

READY_SECONDS = 10.0

if TYPE_CHECKING:
    from client.catalog import Catalog
    from client.records.tool_settings import ToolSetting
    from client.tool_client import ToolClient


@click.command()
@click.option("--server", help="A URL, a configured name, or a command line that starts a stdio server.")
@click.option("--dialect", help="mcp, mcqueen or ai-platform, if the URL does not show it.")
@click.option("--set", "tool", metavar="TOOL", help="Change how TOOL is offered: enabled=no priority=7 units=metric.")
@click.option(
    "--catalog",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write them to a new file, which --catalog of other commands reads.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.argument("wishes", nargs=-1, metavar="[KEY=VALUE...]")
def command(
    server: str | None,
    dialect: str | None,
    tool: str | None,
    catalog: Path | None,
    as_json: bool,
    wishes: tuple[str, ...],
) -> None:
    """List the tools that can be called, and how carefully.

    With --set a tool is switched on or off (enabled=yes, enabled=no), preferred to others that fit as well (priority=0
    to 100, usually 5), or given settings of the server's own (any other key=value, or key:=JSON).
    """
    if tool is None:
        if wishes:
            stop(f"{wishes[0]!r} says nothing without --set TOOL")
        done = asyncio.run(_run(server, dialect, catalog, as_json))
    else:
        done = asyncio.run(_set(server, dialect, tool, wishes))
    if not done:
        raise SystemExit(int(ExitCode.FAILED))


def changed(setting: ToolSetting, wishes: tuple[str, ...]) -> ToolSetting:
    """Return the setting with the changes; exit with a sentence if one makes no sense."""
    enabled, priority, custom = setting.enabled, setting.priority, dict(setting.custom_settings)
    if not wishes:
        stop("say what to change: enabled=no, priority=7, or a setting of the server's own")
    for wish in wishes:
        name, separator, value = wish.partition("=")
        if not separator or not name.strip(":"):
            stop(f"{wish!r} changes nothing; write enabled=no, priority=7, name=text or name:=JSON")
        if name == "enabled":
            words = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
            if value.lower() not in words:
                stop(f"enabled is yes or no, not {value!r}")
            enabled = words[value.lower()]
        elif name == "priority":
            if not value.isascii() or not value.isdecimal() or not 0 <= int(value[:4]) <= 100:
                stop(f"priority is a whole number from 0 to 100, not {value!r}")
            priority = int(value)
        elif name.endswith(":"):
            try:
                custom[name[:-1]] = json.loads(value)
            except ValueError:
                stop(f"the value of {name[:-1]} is not JSON: {value!r}; for text write {name[:-1]}={value}")
        else:
            custom[name] = value
    return replace(setting, enabled=enabled, priority=priority, custom_settings=custom)


async def _set(server: str | None, dialect: str | None, name: str, wishes: tuple[str, ...]) -> bool:
    from assistant.cli.open_servers import open_connections
    from assistant.settings.settings import load_settings
    from client.configuration.tool_preferences import SWITCHED_OFF
    from client.records.tool_settings import ToolSetting

    changed(ToolSetting(), wishes)  # what makes no sense is said before anything is contacted
    async with open_connections(load_settings(), [server], dialect) as connections:
        tools = connections.tools
        off = [one for one in tools.catalog.rejected if one.reason == SWITCHED_OFF]
        known = [(tool.server, tool.name) for tool in (*tools.catalog, *off)]
        meant = [one for one in known if ".".join(one) == name] or [one for one in known if one[1] == name]
        if len(meant) != 1:
            _, error = connections.find(name, server)
            complain(error.message)
            return False
        where, tool = meant[0]
        listed = tools.catalog.of(where, tool)
        current = (await tools.preferences.kept(where)).get(tool) or ToolSetting(
            listed is not None, listed.priority if listed is not None else 5
        )
        wanted = changed(current, wishes)
        refused = await tools.preferences.keep(where, tool, wanted)
        if refused is not None:
            complain(refused.message)
            return False
        own = f", {json.dumps(dict(wanted.custom_settings), ensure_ascii=False)}" if wanted.custom_settings else ""
        answer(f"{where}.{tool}: {'on' if wanted.enabled else 'off'}, priority {wanted.priority}{own}")
        return True


def _written(catalog: Catalog, file: Path) -> bool:
    """Write the tools as a `tools/list` result to a new file; return whether there were any."""
    from client.schemas.tool_listing import as_listed

    if not len(catalog):
        complain("no tool is known, so nothing is written")
        return False
    text = json.dumps({"tools": [as_listed(tool) for tool in catalog]}, indent=1, ensure_ascii=False) + "\n"
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        stop(f"{file} exists and is not written over; give another name", ExitCode.USAGE)
    except OSError as error:
        stop(f"cannot write {file}: {error.strerror}", ExitCode.FAILED)
    answer(f"{len(catalog)} tools are written to {file}")
    return True


@asynccontextmanager
async def _opened(server: str | None, dialect: str | None) -> AsyncIterator[ToolClient]:
    """Open the requested servers; bundled ones are only listed, because none of their tools is called."""
    from assistant.settings.settings import load_settings

    settings = load_settings()
    if server is None and not settings.servers:
        from assistant.cli.catalogs import embedded_listings
        from assistant.tool_opening import open_tools
        from client.clock import SystemClock
        from client.servers.declared import DeclaredServer

        declared = [DeclaredServer(name, one, trusted=True) for name, one in embedded_listings(settings)]
        async with open_tools(declared, settings.data_path, SystemClock(), settings.call_settings) as tools:
            await tools.ready(READY_SECONDS)
            yield tools
        return
    from assistant.cli.open_servers import open_connections

    async with open_connections(settings, [server], dialect) as connections:
        yield connections.tools


async def _run(server: str | None, dialect: str | None, file: Path | None, as_json: bool) -> bool:
    from assistant.policy.sensitivity import assess

    async with _opened(server, dialect) as tools:
        catalog = tools.catalog
        if file is not None:
            return _written(catalog, file)
        for tool in catalog:
            judged = assess(tool)
            name = catalog.public_name(tool)
            if as_json:
                answer_json(
                    {
                        "name": name,
                        "server": tool.server,
                        "description": tool.description,
                        "inputSchema": dict(tool.input_schema),
                        "tier": tool.tier.value,
                        "sensitive": judged.sensitive,
                        "why": judged.why,
                        "priority": tool.priority,
                    }
                )
            else:
                answer(f"{name:32} {'asks first' if judged.sensitive else 'at once':10}  {judged.why}")
        for rejected in catalog.rejected:
            complain(f"{rejected.server}: {rejected.name} is left out: {rejected.reason}")
        down = [state for state in tools.server_states() if not state.healthy]
        for state in down:
            complain(f"{state.name}: {state.detail}")
        return bool(catalog.tools) or not down
