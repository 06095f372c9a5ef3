"""The one place that writes: answers to stdout, everything else to stderr, and the exit codes.

Never decides what is said; it only keeps answers and diagnostics apart, so that scripts can rely on stdout.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NoReturn


class ExitCode(IntEnum):
    """What scripts may rely on (docs/design.md)."""

    OK = 0
    FAILED = 1
    USAGE = 2


def answer(text: str) -> None:
    """Print a line for people on stdout, at once."""
    print(text, flush=True)


def answer_json(value: Mapping[str, Any]) -> None:
    """Print one object on one line on stdout, at once."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, default=str), flush=True)


def complain(message: str) -> None:
    """Print one sentence on stderr."""
    print(f"mcqueen: {message}", file=sys.stderr, flush=True)


def stop(message: str, code: ExitCode = ExitCode.USAGE) -> NoReturn:
    """Print one sentence on stderr and end with that exit code."""
    complain(message)
    raise SystemExit(int(code))
