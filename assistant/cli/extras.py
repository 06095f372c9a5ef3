"""Desktop files for an installed McQueen: shell completion, manual page, desktop entry, systemd unit.

Makes texts only. The manual page and the completion are made from the same commands as `--help`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from click.shell_completion import get_completion_class

MARK = "written by mcqueen install-extras"
"""Text in every installed file, so that a file of another origin is never replaced or removed."""
SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_MCQUEEN_COMPLETE"


@dataclass(frozen=True)
class Extra:
    """One file to install."""

    name: str
    """"bash", "zsh", "fish", "man", "desktop" or "service"."""
    path: Path
    """Where the file belongs for this user."""
    text: str
    then: str = ""
    """What the user must still do before it works."""


def extras(root: click.Command, program: str, version: str, environment: Mapping[str, str]) -> tuple[Extra, ...]:
    """Return all files; `program` is the full path of the command, and folders follow the XDG variables."""
    home = Path(environment.get("HOME") or Path.home())
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    places = {
        "bash": data / "bash-completion/completions/mcqueen",
        "zsh": data / "zsh/site-functions/_mcqueen",
        "fish": config / "fish/completions/mcqueen.fish",
    }
    zsh = f"put fpath=({places['zsh'].parent} $fpath) before compinit in ~/.zshrc"
    return (
        *(
            Extra(shell, place, completion(root, shell), zsh if shell == "zsh" else "")
            for shell, place in places.items()
        ),
        Extra("man", data / "man/man1/mcqueen.1", manual(root, version), "man mcqueen"),
        Extra("desktop", data / "applications/mcqueen.desktop", _desktop(program)),
        Extra(
            "service", config / "systemd/user/mcqueen.service", _service(program),
            "systemctl --user enable --now mcqueen; journalctl --user -u mcqueen tells the address",
        ),
    )  # fmt: skip


def completion(root: click.Command, shell: str) -> str:
    """Return the completion script of a shell; the zsh script begins with its #compdef line."""
    found = get_completion_class(shell)
    assert found is not None, f"click completes in {shell}"
    source = found(root, {}, "mcqueen", _VARIABLE).source().strip()
    first, _, rest = source.partition("\n")
    return f"{first}\n# {MARK}\n{rest}\n" if first.startswith("#compdef") else f"# {MARK}\n{source}\n"


def _desktop(program: str) -> str:
    return (
        f"# {MARK}\n[Desktop Entry]\nType=Application\nVersion=1.5\nName=McQueen\nGenericName=Voice assistant\n"
        f'Comment=A voice-first assistant for the driver\nExec="{program}"\nTerminal=true\n'
        "Categories=Utility;ConsoleOnly;\nKeywords=voice;car;MCP;\n"
    )


def _service(program: str) -> str:
    return (
        f"# {MARK}\n[Unit]\nDescription=McQueen, the dashboard for a browser on this machine\nAfter=sound.target\n\n"
        f'[Service]\nExecStart="{program}" web\nRestart=on-failure\nRestartSec=5\n\n'
        "[Install]\nWantedBy=default.target\n"
    )


def manual(root: click.Command, version: str) -> str:
    """Return the manual page in roff, with every command and option of `--help`."""
    about = [
        f'.\\" {MARK}',
        f'.TH MCQUEEN 1 "" "McQueen {_roff(version)}" "User Commands"',
        ".SH NAME",
        "mcqueen \\- a voice\\-first assistant for the driver",
        ".SH SYNOPSIS",
        ".B mcqueen",
        "[OPTIONS] [COMMAND] [ARGS]...",
        ".SH DESCRIPTION",
    ]
    with click.Context(root, info_name="mcqueen") as context:
        lines = [*about, *_help(root.help), *_options(root, context), ".SH COMMANDS", *_commands(root, context)]
    ends = [".SH EXIT STATUS", "0 if all went well, 1 if something failed, 2 for a wrong command line."]
    return "\n".join([*lines, *ends, ""])


def _commands(group: click.Command, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context) if isinstance(group, click.Group) else ():
        command = group.get_command(context, name) if isinstance(group, click.Group) else None
        if command is None or command.hidden:
            continue
        with click.Context(command, info_name=name, parent=context) as own:
            usage = " ".join(piece for piece in command.collect_usage_pieces(own))
            yield f'.SS "{_roff(f"{own.command_path} {usage}")}"'
            yield from _help(command.help)
            yield from _options(command, own)
            yield from _commands(command, own)


def _help(text: str | None) -> Iterator[str]:
    for number, paragraph in enumerate((text or "").split("\n\n")):
        if number:
            yield ".PP"
        yield _roff(" ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            yield ".TP"
            yield f".B {_roff(record[0])}"
            yield _roff(" ".join(record[1].split()))


def _roff(text: str) -> str:
    """Return text in one line that troff shows unchanged."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return re.sub(r"^(?=[.'])", "\\\\&", escaped)
