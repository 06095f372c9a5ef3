"""`mcqueen servers new`: writes one small MCP server to begin with. It never writes over a file, and starts nothing."""

from __future__ import annotations

import re
import shlex
import sys
from importlib.resources import files
from pathlib import Path

import click

from assistant.cli.output import answer, answer_json, stop

STARTERS = ("weather", "notes", "booking")
"""The templates, one text file each in `starters/`."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@click.command("new")
@click.argument("name")
@click.option(
    "--from", "starter", type=click.Choice(STARTERS), default=STARTERS[0], show_default=True, help="The template."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def new(name: str, starter: str, as_json: bool) -> None:
    """Write an MCP server of your own, NAME.py, that works by voice as it is.

    weather only looks, notes keeps things and can delete them, booking asks for a yes and can be taken back.
    """
    if not _NAME.fullmatch(name):
        stop(f"{name!r} is no name for a server; take small letters, digits, - and _, such as my-{starter}")
    path = Path.cwd() / f"{name}.py"
    text = files("assistant.cli").joinpath("starters", f"{starter}.txt").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text.replace("SERVER_NAME", name))
    except FileExistsError:
        stop(f"{path.name} is there already; take another name")
    except OSError as error:
        stop(f"cannot write {path}: {error.strerror}")
    command = shlex.join([sys.executable, str(path)])
    if as_json:
        answer_json({"ok": True, "name": name, "file": str(path), "command": command})
        return
    quoted = shlex.quote(command)
    answer(f"{path.name} is written. Next:")
    answer(f"  mcqueen try --only --server {quoted}")
    answer(f"  mcqueen review {quoted}")
    answer(f"  mcqueen servers add {name} {command}")
