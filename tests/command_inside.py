"""Runs the `mcqueen` command inside the test's process: an interpreter of its own would cost half a second a run.

For what a command prints and how it ends. What a process itself does (imports, signals, pipes) needs a real one.
"""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from assistant.cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run_inside(*words: str, folder: Path) -> Ended:
    """Run the command in a folder, with data and settings of its own and no keyring."""
    own = {"MCQUEEN_DATA_FOLDER": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "HOME": "."}
    out, err = (
        io.TextIOWrapper(io.BytesIO(), "utf-8"),
        io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace"),
    )
    before = keyring.get_keyring()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, place in own.items():
            patch.setenv(name, str(folder / place))
        patch.setattr(sys, "argv", ["mcqueen", *words])
        keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring ships few types
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
                main()
        finally:
            keyring.set_keyring(before)
    assert isinstance(ended.value.code, int)
    out.flush()
    err.flush()
    return Ended(ended.value.code, _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8")
