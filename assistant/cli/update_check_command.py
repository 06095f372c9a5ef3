"""`mcqueen update-check`: tells whether a newer McQueen is published. Never runs by itself, and installs nothing."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import metadata, version
from typing import Any

import click

from assistant.cli.output import ExitCode, answer, answer_json, stop
from client.terminal_text import terminal_text

SECONDS = 30.0
"""Most seconds that pip may take."""


@click.command(name="update-check")
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def command(as_json: bool) -> int:
    """Tell whether a newer version is published.

    McQueen never checks by itself. pip asks the package index that it is configured for; nothing is installed.
    A package of another project that has the name is told as such.
    """
    here = version("mcqueen")
    published = _published()
    about = str(published.get("summary", "")).strip() if published is not None else ""
    other = published is not None and about != metadata("mcqueen")["Summary"]
    newer = str(published["version"]) if published is not None and not other else None
    if as_json:
        answer_json({"installed": here, "newer": newer, "other_project": about if other else None})
    elif other:
        answer(f'the package that is published as "mcqueen" is another project ("{terminal_text(about)}"); '
               "do not install it over this one")  # fmt: skip
    elif newer is None:
        answer(f"McQueen {here} is the newest version that is published")
    else:
        answer(f"McQueen {newer} is published, {here} is here; update it with the program that installed it: "
               "pipx upgrade mcqueen, uv tool upgrade mcqueen, or pip install --upgrade mcqueen")  # fmt: skip
    return ExitCode.OK


def _published() -> Mapping[str, Any] | None:
    """Return the metadata of what an update would install; None if that is nothing. Exits if it cannot be found out."""
    if importlib.util.find_spec("pip") is None:
        stop("there is no pip here to ask; ask the program that installed McQueen: pipx upgrade mcqueen, or "
             "uv tool upgrade mcqueen", ExitCode.FAILED)  # fmt: skip
    wanted = ["install", "--dry-run", "--quiet", "--no-input", "--disable-pip-version-check", "--upgrade", "--no-deps"]
    # Without sources: those of a package run code of their own, even for a look.
    options = ["--only-binary", ":all:", "--report", "-"]
    try:
        done = subprocess.run(  # noqa: S603  # this Python's own pip, with fixed words
            [sys.executable, "-m", "pip", *wanted, *options, "mcqueen"],
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        stop(f"the package index did not answer within {SECONDS:.0f} s", ExitCode.FAILED)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        stop(f"pip cannot tell: {said[-1].removeprefix('ERROR: ') if said else 'no reason given'}", ExitCode.FAILED)
    report: dict[str, Any] = json.loads(done.stdout)
    return next((found["metadata"] for found in report["install"]), None)
