"""`mcqueen resources`: lists and reads the resources and prompts of servers. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain, stop


@click.command()
@click.option("--server", help="A URL, a configured name, or a command line that starts a stdio server.")
@click.option("--dialect", help="mcp, if the URL does not show it.")
@click.option("--prompts", is_flag=True, help="List the prompts instead, or fill in the one named by WHAT.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.argument("what", required=False)
@click.argument("values", nargs=-1, metavar="[NAME=VALUE...]")
def command(
    server: str | None, dialect: str | None, prompts: bool, as_json: bool, what: str | None, values: tuple[str, ...]
) -> None:
    """List the resources of servers, or read WHAT.

    WHAT is the address of a resource, or with --prompts the name of a prompt, whose blanks are filled with NAME=VALUE.
    """
    filled = dict(value.partition("=")[::2] for value in values)
    wrong = [value for value in values if "=" not in value]
    if wrong or (values and not prompts):
        stop(f"{(wrong or list(values))[0]!r} fills in nothing; write --prompts NAME BLANK=VALUE")
    if not asyncio.run(_run(server, dialect, prompts, as_json, what, filled)):
        raise SystemExit(int(ExitCode.FAILED))


async def _run(
    server: str | None, dialect: str | None, prompts: bool, as_json: bool, what: str | None, filled: dict[str, str]
) -> bool:
    from assistant.cli.open_servers import open_connections
    from assistant.settings.settings import load_settings
    from client.client_errors import UsageError
    from client.servers.readable import Prompt, Resource
    from client.servers.tool_server import ServerUnavailableError

    async with open_connections(load_settings(), [server], dialect) as connections:
        material = connections.tools.material()
        try:
            if what is None:
                listed: Sequence[Prompt | Resource] = await (material.prompts() if prompts else material.resources())
                if not listed and not material.failures:
                    complain(f"no connected server offers any {'prompt' if prompts else 'resource'}")
                for one in listed:
                    place = one.uri if isinstance(one, Resource) else one.name
                    if as_json:
                        answer_json(asdict(one))
                    else:
                        answer(f"{place:40} {one.server:16} {one.description}".rstrip())
            elif prompts:
                for message in await material.prompt(what, filled):
                    if as_json:
                        answer_json(asdict(message))
                    else:
                        answer(f"{message.role}: {message.content.text or message.content.media_type}")
            else:
                for content in await material.read(what):
                    if as_json:
                        answer_json(asdict(content))
                    else:
                        answer(content.text or f"({content.media_type or 'bytes'}; use --json for the data)")
        except (ServerUnavailableError, UsageError) as error:
            complain(str(error))
            return False
        for name, reason in material.failures.items():
            complain(f"{name}: {reason}")
        return not material.failures
