"""`mcqueen` alone and `mcqueen dashboard`: the Textual app on a terminal, a plain conversation otherwise."""

from __future__ import annotations

import asyncio
import os
import sys

import click

from assistant.cli.output import ExitCode, answer, complain


@click.command(name="dashboard")
@click.option("--plain", is_flag=True, help="Line by line, for screen readers and pipes.")
@click.option("--no-sound", is_flag=True, help="Leave microphone and speaker alone.")
@click.option("--only", metavar="SERVER", help="Use this server alone: a URL, a configured name, or a command line.")
def command(plain: bool = False, no_sound: bool = False, only: str | None = None) -> int:
    """Open the dashboard (what mcqueen alone does)."""
    from assistant.settings.settings import load_settings

    settings = load_settings()
    dumb = os.environ.get("TERM") == "dumb"
    if plain or dumb or not _can_draw():
        if not plain:
            what = "this terminal cannot place text" if dumb else "not a terminal"
            complain(f"{what}, so this is the plain conversation: type a line, read the answer; end with Ctrl-D")
        from assistant.cli.plain import converse

        asyncio.run(converse(settings, sys.stdin, answer, complain, only))
        return ExitCode.OK
    from assistant.dashboard.app import Dashboard
    from assistant.dashboard.symbols import UNICODE, symbols_for

    if not _in_browser():  # exported by some shells; where they stand, a terminal that is resized is not noticed
        os.environ.pop("COLUMNS", None)
        os.environ.pop("LINES", None)
    symbols = UNICODE if _in_browser() else symbols_for(sys.stdout.encoding)
    welcome = not settings.dashboard.welcomed
    app = Dashboard(settings, sound=not no_sound, symbols=symbols, welcome=welcome)
    app.assistant.only = only
    if _in_browser():
        from assistant.dashboard.browser_driver import BrowserDriver

        app.driver_class = BrowserDriver
    return app.run() or ExitCode.OK


def _in_browser() -> bool:
    """Return whether `mcqueen web` started this process for a browser."""
    return "TEXTUAL_DRIVER" in os.environ


def _can_draw() -> bool:
    return _in_browser() or (sys.stdin.isatty() and sys.stdout.isatty())
