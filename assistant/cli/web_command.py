"""`mcqueen web`: the dashboard in a browser on this machine, for anyone with the token.

Serves on loopback only, and each browser gets its own dashboard. Shows nothing itself.
"""

from __future__ import annotations

import importlib.util

import click

from assistant.cli.output import ExitCode, answer, stop


@click.command(name="web")
@click.option("--port", type=click.IntRange(0, 65535), default=3080, show_default=True, help="0 takes any free one.")
@click.option("--no-sound", is_flag=True, help="Leave microphone and speaker alone.")
def command(port: int, no_sound: bool) -> int:
    """Serve the dashboard to a browser on this machine."""
    if importlib.util.find_spec("textual_serve") is None:
        stop("the web dashboard needs an extra: pip install 'mcqueen[web]'", ExitCode.FAILED)
    from assistant.dashboard.web_dashboard import serve_web

    try:
        serve_web(port, sound=not no_sound, ready=lambda url: answer(f"Open {url}"))
    except OSError as error:
        stop(f"port {port} cannot be used: {error.strerror}; take another with --port", ExitCode.FAILED)
    return ExitCode.OK
