"""`mcqueen` alone and `mcqueen dashboard`: the Textual app on a terminal, a plain conversation anywhere else."""

from __future__ import annotations

import asyncio
import sys

import click

from assistant.cli.output import ExitCode, answer, complain


@click.command(name="dashboard")
@click.option("--plain", is_flag=True, help="Line by line, for screen readers and pipes.")
@click.option("--no-sound", is_flag=True, help="Leave microphone and speaker alone.")
def command(plain: bool = False, no_sound: bool = False) -> int:
    """Open the dashboard (what mcqueen alone does)."""
    from assistant.settings import load_settings

    settings = load_settings()
    if plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        if not plain:
            complain("not a terminal, so this is the plain conversation: type a line, read the answer; end with Ctrl-D")
        from assistant.plain import converse

        asyncio.run(converse(settings, sys.stdin, answer, complain))
        return ExitCode.OK
    from assistant.dashboard.app import Dashboard

    return Dashboard(settings, sound=not no_sound).run() or ExitCode.OK
