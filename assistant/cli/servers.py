"""`mcqueen servers`: the configured servers and how they are; approving a tool that changed."""

from __future__ import annotations

import asyncio

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List the configured servers."""
    if context.invoked_subcommand is None:
        asyncio.run(_list(as_json))


async def _list(as_json: bool) -> None:
    from assistant.cli.connections import open_connections
    from assistant.settings import load_settings

    async with open_connections(load_settings(), [None]) as connections:
        held = {tool.server: 0 for tool in connections.tools.held}
        for tool in connections.tools.held:
            held[tool.server] += 1
        for state in connections.tools.server_states():
            waiting = held.get(state.name, 0)
            if as_json:
                answer_json(
                    {
                        "name": state.name,
                        "healthy": state.healthy,
                        "detail": state.detail,
                        "tools": state.tools,
                        "held": waiting,
                    }
                )
            else:
                changed = f", {waiting} changed and waiting for approval" if waiting else ""
                how = "healthy" if state.healthy else state.detail
                answer(f"{state.name:20} {how} ({state.tools} tools{changed})")


@command.command()
@click.argument("tool")
def approve(tool: str) -> None:
    """Accept a tool (server.tool) as it is now, after it changed."""
    if not asyncio.run(_approve(tool)):
        raise SystemExit(int(ExitCode.FAILED))


async def _approve(name: str) -> bool:
    from assistant.cli.connections import open_connections
    from assistant.settings import load_settings

    async with open_connections(load_settings(), [None]) as connections:
        for tool in connections.tools.held:
            if name in (tool.qualified, tool.name):
                await connections.tools.approve(tool.server, tool.name)
                answer(f"{tool.qualified} is approved as it is now")
                return True
    complain(f"no tool called {name} waits for approval")
    return False
