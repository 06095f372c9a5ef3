"""Runs a drive of this folder against a service that is configured and started as a driver would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

DRIVES = Path(__file__).parent / "drives"


def drive(folder: Path, name: str, service: str, words: Sequence[str], settings: str = "", *more: str) -> str:
    """Return what the drive printed, with its results at the end; the service gets these words as arguments."""
    (folder / "mcqueen.toml").write_text(
        f"data_folder = {str(folder / 'data')!r}\n{settings}\n[servers.{service}]\n"
        f"command = {sys.executable!r}\nargs = {['-m', f'assistant.services.{service}', *words]!r}\n"
        f"cwd = {str(folder)!r}\ntrusted = true\n",
        encoding="utf-8",
    )
    environment = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    command = [sys.executable, "-m", "assistant.cli", "drive", str(DRIVES / name), "--server", service, *more]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
