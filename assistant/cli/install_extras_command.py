"""`mcqueen install-extras`: installs completion, manual page, desktop entry and systemd unit for this user.

Writes only files of its own; starts and enables nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.output import ExitCode, answer, complain

if TYPE_CHECKING:
    from assistant.cli.extras import Extra

NAMES = ("bash", "zsh", "fish", "man", "desktop", "service")


@click.command(name="install-extras")
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[bash|zsh|fish|man|desktop|service]...")
@click.option("--show", is_flag=True, help="Print them instead.")
@click.option("--remove", is_flag=True, help="Take them away again.")
@click.pass_context
def command(context: click.Context, names: tuple[str, ...], show: bool, remove: bool) -> int:
    """Install shell completion, man page, desktop entry and systemd unit.

    Without a name, all that fit this machine. Each goes to a folder of yours; nothing is started or enabled.
    """
    from assistant.cli.extras import extras  # keeps --help instant

    if show and remove:
        raise click.UsageError("give --show or --remove, not both")
    root = context.find_root().command
    found = extras(root, _program(), version("mcqueen"), os.environ)
    wanted = [extra for extra in found if extra.name in (names or _usual(os.environ.get("SHELL", "")))]
    if show:
        for extra in wanted:
            answer(extra.text.rstrip("\n"))
        return ExitCode.OK
    done = [_remove(extra) if remove else _install(extra) for extra in wanted]
    return ExitCode.OK if all(done) else ExitCode.FAILED


def _program() -> str:
    """Return the full path of the running command, or of the one on PATH."""
    here = Path(sys.argv[0])
    return str(here.resolve()) if here.name == "mcqueen" else shutil.which("mcqueen") or "mcqueen"


def _usual(shell: str) -> tuple[str, ...]:
    """Return the files that fit this machine; of the shells, the one in use."""
    return (Path(shell).name, "man", "desktop", "service")


def _ours(extra: Extra) -> bool:
    from assistant.cli.extras import MARK

    return MARK in extra.path.read_text(encoding="utf-8", errors="replace")


def _install(extra: Extra) -> bool:
    try:
        if extra.path.exists() and not _ours(extra):
            complain(f"{extra.path} is somebody else's and stays as it is; move it away, or use --show")
            return False
        extra.path.parent.mkdir(parents=True, exist_ok=True)
        extra.path.write_text(extra.text, encoding="utf-8")
    except OSError as error:
        complain(f"cannot write {extra.path}: {error.strerror}")
        return False
    answer(f"{extra.path} is written" + (f"; then: {extra.then}" if extra.then else ""))
    return True


def _remove(extra: Extra) -> bool:
    try:
        if not extra.path.exists():
            return True
        if not _ours(extra):
            complain(f"{extra.path} is somebody else's and stays as it is")
            return False
        extra.path.unlink()
    except OSError as error:
        complain(f"cannot remove {extra.path}: {error.strerror}")
        return False
    answer(f"{extra.path} is removed")
    return True
