"""`mcqueen try`: a session in which an author types what a driver would say, and sees the result of each line."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from assistant.cli.output import ExitCode, stop


@click.command(name="try")
@click.option("--server", help="A URL, a configured name, or a command line that starts a stdio server.")
@click.option("--only", is_flag=True, help="Leave out the car's and the profile's tools.")
@click.option("--voice", is_flag=True, help="With microphone and speaker; Enter alone opens the microphone.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the session as a drive, for mcqueen drive and review --try.",
)
def command(server: str | None, only: bool, voice: bool, keep: Path | None) -> int:
    """Try a server: say a line, see what happens.

    Each line shows the tool, the arguments with the words they came from, what is asked or read back, what the server
    answers, and how it sounds. Calls are real: a tool with effects runs after your yes. Without --server, the
    configured servers, else the town. Records of the session are deleted at its end.
    """
    from assistant.cli.trying import TrySession, try_server  # heavy: keeps --help instant
    from assistant.settings.settings import load_settings

    if keep is not None and keep.suffix not in (".yaml", ".yml"):
        stop(f"a drive's file ends in .yaml: --keep {keep}.yaml")
    if keep is not None and keep.exists():
        stop(f"{keep} is there already; choose another name")
    session = TrySession(server, only, voice, keep)
    return ExitCode.OK if asyncio.run(try_server(session, load_settings(), sys.stdin)) else ExitCode.FAILED
