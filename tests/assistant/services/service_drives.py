"""Runs a drive of this folder against a service that is configured and started as a driver would."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.client.serving import serve

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
DRIVES = Path(__file__).parent / "drives"


def drive(folder: Path, name: str, service: str, words: Sequence[str], settings: str = "", *more: str) -> str:
    """Return what the drive printed, with its results at the end; the service gets these words as arguments."""
    (folder / "mcqueen.toml").write_text(
        f"{settings}\n[servers.{service}]\n"
        f"command = {sys.executable!r}\nargs = {['-m', f'assistant.services.{service}', *words]!r}\n"
        f"cwd = {str(folder)!r}\ntrusted = true\n"
        f"env = {{ PYTHON_KEYRING_BACKEND = {ENVIRONMENT['PYTHON_KEYRING_BACKEND']!r} }}\n",
        encoding="utf-8",
    )
    environment = {**ENVIRONMENT, "HOME": str(folder)}
    command = [sys.executable, "-m", "assistant.cli", "drive", str(DRIVES / name), "--server", service, *more]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def drive_beside(
    app: Any,
    folder: Path,
    name: str,
    service: str,
    words: Sequence[str],
    secret: str,
    *more: str,
    settings: str = "",
) -> str:
    """Serve an application, log the service in to it, and return what the drive printed; `settings` are further ones
    as TOML.
    """
    async with serve(app) as url:
        told = [*words, "--url", url]
        environment = {**ENVIRONMENT, "HOME": str(folder)}
        log_in = [sys.executable, "-m", f"assistant.services.{service}", *told, "login"]
        done = await asyncio.to_thread(
            subprocess.run,
            log_in, input=f"{secret}\n", env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return await asyncio.to_thread(drive, folder, name, service, told, settings, *more)
