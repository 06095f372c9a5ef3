"""The only module that prints: answers to stdout, everything else to stderr, and exit codes.

Never decides the words; it separates answers from diagnostics, so that scripts can rely on stdout, and removes control
characters from every text.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NoReturn

import click

from client.terminal_text import terminal_json, terminal_text


class ExitCode(IntEnum):
    """Exit codes that scripts may rely on (docs/design.md)."""

    OK = 0
    FAILED = 1
    USAGE = 2


def answer(text: str) -> None:
    """Print a line for people on stdout, and flush it."""
    print(terminal_text(text), flush=True)


def answer_json(value: Mapping[str, Any]) -> None:
    """Print one object on one line on stdout, and flush it."""
    print(terminal_json(json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)), flush=True)


def invite(sign: str) -> None:
    """Print a prompt on stderr, without a line end."""
    print(sign, end="", file=sys.stderr, flush=True)


def complain(message: str) -> None:
    """Print one sentence on stderr."""
    print(terminal_text(f"mcqueen: {message}"), file=sys.stderr, flush=True)


def complain_of_usage(error: click.ClickException) -> None:
    """Print click's message about a wrong command line on stderr; it quotes the arguments."""
    said = io.StringIO()
    error.show(file=said)
    print(terminal_text(said.getvalue()), end="", file=sys.stderr, flush=True)


def stop(message: str, code: ExitCode = ExitCode.USAGE) -> NoReturn:
    """Print one sentence on stderr and exit with that code."""
    complain(message)
    raise SystemExit(int(code))
