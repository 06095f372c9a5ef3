"""`mcqueen tools`: what can be called, where, and how carefully. Calls nothing."""

from __future__ import annotations

import asyncio

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain


@click.command()
@click.option("--server", help="A URL, a configured name, or a command line that starts a stdio server.")
@click.option("--dialect", help="mcp or mcqueen, where the URL does not say.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(server: str | None, dialect: str | None, as_json: bool) -> None:
    """List the tools that can be called, and how carefully."""
    if not asyncio.run(_run(server, dialect, as_json)):
        raise SystemExit(int(ExitCode.FAILED))


async def _run(server: str | None, dialect: str | None, as_json: bool) -> bool:
    from assistant.cli.connections import open_connections
    from assistant.policy.sensitivity import assess
    from assistant.settings import load_settings

    async with open_connections(load_settings(), [server], dialect) as connections:
        catalog = connections.tools.catalog
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
                    }
                )
            else:
                answer(f"{name:32} {'asks first' if judged.sensitive else 'at once':10}  {judged.why}")
        for rejected in catalog.rejected:
            complain(f"{rejected.server}: {rejected.name} is left out: {rejected.reason}")
        down = [state for state in connections.tools.server_states() if not state.healthy]
        for state in down:
            complain(f"{state.name}: {state.detail}")
        return bool(catalog.tools) or not down
