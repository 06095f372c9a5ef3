"""`mcqueen review`: how the tools of a server behave by voice, for those who write servers. Calls no tool."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain, stop

if TYPE_CHECKING:
    from client.catalog import Catalog


@click.command()
@click.argument("server", required=False)
@click.option("--server", "named", help="The same as SERVER.")
@click.option("--catalog", type=click.Path(path_type=Path), help="A file with an MCP tools/list result, no server.")
@click.option("--dialect", help="mcp, mcqueen or ai-platform, where the URL does not say.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the review as one HTML file.")
@click.option("--strict", is_flag=True, help="End with 1 where a tool cannot be used by voice.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(
    server: str | None,
    named: str | None,
    catalog: Path | None,
    dialect: str | None,
    html: Path | None,
    strict: bool,
    as_json: bool,
) -> int:
    """Review a server's tools by voice.

    Says which tools can be reached by what sentences, which arguments nobody can say, which descriptions collide, which
    effects lack annotations, and what would help. SERVER is a URL, a configured name, or a command line in quotes;
    without it the configured servers, else the town. No tool is called.
    """
    from assistant.cli.review import report
    from assistant.cli.review.judging import review
    from client.schemas.tool_listing import read_catalog_file

    if server is not None and named is not None:
        stop("give SERVER or --server, not both")
    server = server if server is not None else named
    if catalog is not None:
        name, tools = catalog.name, read_catalog_file(catalog)
    else:
        found = asyncio.run(_listed(server, dialect))
        if found is None:
            return ExitCode.FAILED
        name, tools = server or "all configured servers", found
    result = review(name, tools)
    if html is not None:
        try:
            html.write_text(report.as_html(result), encoding="utf-8")
        except OSError as error:
            complain(f"cannot write {html}: {error.strerror}")
            return ExitCode.FAILED
    if as_json:
        answer_json(report.as_json(result))
    else:
        answer(report.as_text(result))
    return ExitCode.FAILED if strict and result.speakable < len(result.tools) else ExitCode.OK


async def _listed(server: str | None, dialect: str | None) -> Catalog | None:
    from assistant.cli.open_servers import open_connections
    from assistant.settings.settings import load_settings

    async with open_connections(load_settings(), [server], dialect) as connections:
        down = [state for state in connections.tools.server_states() if not state.healthy]
        for state in down:
            complain(state.detail)
        return None if down and not len(connections.tools.catalog) else connections.tools.catalog
