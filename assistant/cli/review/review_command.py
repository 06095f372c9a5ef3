"""`mcqueen review`: tells authors of servers how their tools behave by voice.

Calls only read-only tools, to hear their answers; with --catalog, none.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain, stop

if TYPE_CHECKING:
    from assistant.cli.review.findings import AuthorTry, SpokenAnswer
    from client.catalog import Catalog


@click.command()
@click.argument("server", required=False)
@click.option("--server", "named", help="The same as SERVER.")
@click.option("--catalog", type=click.Path(path_type=Path), help="A file with an MCP tools/list result, no server.")
@click.option("--dialect", help="mcp, mcqueen or ai-platform, if the URL does not show it.")
@click.option(
    "--try",
    "tries_file",
    type=click.Path(path_type=Path),
    help='Your own sentences: a file with one {"text", "tool", "arguments"} a line, or a drive that mcqueen try kept.',
)
@click.option("--no-calls", is_flag=True, help="Call no tool, not even those that only look.")
@click.option("--all", "everything", is_flag=True, help="Print all of it; else one screen, the worst first.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the review as one HTML file.")
@click.option("--strict", is_flag=True, help="Exit with status 1 if a tool cannot be used by voice.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(
    server: str | None,
    named: str | None,
    catalog: Path | None,
    dialect: str | None,
    tries_file: Path | None,
    no_calls: bool,
    everything: bool,
    html: Path | None,
    strict: bool,
    as_json: bool,
) -> int:
    """Review a server's tools by voice.

    Tells which sentences reach which tool, which arguments nobody can say, which descriptions collide, which effects
    lack annotations, and what would help; says a value for every parameter and checks that it is understood; calls the
    read-only tools and checks that their answers can be said. SERVER is a URL, a configured name, or a command line in
    quotes; without it the configured servers, else the town.
    """
    from assistant.cli.review import report
    from assistant.cli.review.judging import review
    from assistant.cli.review.spoken_tries import read_tries
    from client.client_errors import UsageError
    from client.schemas.tool_listing import read_catalog_file

    if server is not None and named is not None:
        stop("give SERVER or --server, not both")
    server = server if server is not None else named
    try:
        tries = read_tries(tries_file) if tries_file is not None else ()
    except UsageError as error:
        stop(str(error))
    answers: tuple[SpokenAnswer, ...] = ()
    if catalog is not None:
        name, tools = catalog.name, read_catalog_file(catalog)
    else:
        found = asyncio.run(_listed(server, dialect, tries, calls=not no_calls))
        if found is None:
            return ExitCode.FAILED
        name, (tools, answers) = server or "all configured servers", found
    if tries_file is not None and tries_file.suffix in (".yaml", ".yml"):
        tries = _of_these(tries, tools)
    result = review(name, tools, tries, answers)
    if html is not None and not _written(html, report.as_html(result)):
        return ExitCode.FAILED
    if as_json:
        answer_json(report.as_json(result))
    else:
        answer(report.as_text(result) if everything else report.on_one_screen(result))
    return ExitCode.FAILED if strict and result.speakable < len(result.tools) else ExitCode.OK


def _of_these(tries: tuple[AuthorTry, ...], tools: Catalog) -> tuple[AuthorTry, ...]:
    """Return the lines of a drive that ask for a tool of this review, after naming the others."""
    names = {name for tool in tools for name in (tool.name, tool.qualified)}
    for one in tries:
        if one.tool not in names:
            complain(f'"{one.text}" asks for {one.tool}, which is no tool here; it is left out')
    return tuple(one for one in tries if one.tool in names)


def _written(page: Path, text: str) -> bool:
    """Write the page; print an error and return False if that fails."""
    try:
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        complain(f"cannot write {page}: {error.strerror}")
        return False
    return True


async def _listed(
    server: str | None, dialect: str | None, tries: tuple[AuthorTry, ...], *, calls: bool
) -> tuple[Catalog, tuple[SpokenAnswer, ...]] | None:
    """Return the tools of the servers, with what would be said of the read-only ones' answers; None if no server
    answers.
    """
    from datetime import datetime, timedelta

    from assistant.cli.open_servers import open_connections
    from assistant.cli.review.answer_review import hear_answers
    from assistant.settings.settings import load_settings
    from assistant.wording.spoken_values import SpokenClock

    async with open_connections(load_settings(), [server], dialect) as connections:
        down = [state for state in connections.tools.server_states() if not state.healthy]
        for state in down:
            complain(state.detail)
        catalog = connections.tools.catalog
        if down and not len(catalog):
            return None
        here = datetime.now().astimezone()
        clock = SpokenClock(here.timestamp(), (here.utcoffset() or timedelta()).total_seconds())
        return catalog, await hear_answers(list(catalog), connections.tools, tries, clock) if calls else ()
