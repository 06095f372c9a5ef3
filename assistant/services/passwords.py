"""Passwords of services: stored in McQueen's credential store, never in settings, arguments or an error.

A password belongs to an address and a user, so that another host never gets it.
"""

from __future__ import annotations

import os
import sys
from getpass import getpass
from pathlib import Path

from client.access.credentials import CredentialStore, address_of
from client.terminal_text import terminal_text


def password_store() -> CredentialStore:
    """Return the store of this user, found also by a process whose environment was scrubbed."""
    from assistant.settings.settings import load_settings  # slow to load: only if a service is started

    bus = Path(f"/run/user/{os.getuid()}/bus") if sys.platform != "win32" else None
    if bus is not None and "DBUS_SESSION_BUS_ADDRESS" not in os.environ and bus.exists():
        # A server's process gets few variables (INHERITED in stdio.py); the session's bus has the desktop's keyring.
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"
    return CredentialStore(load_settings().data_path)


async def load_password(store: CredentialStore, url: str, user: str) -> str | None:
    """Return the password of a user there, or None. Raises `CredentialsError`."""
    kept = await store.load(address_of(url), f"service {user}")
    password = kept.get("password") if kept else None
    return password if isinstance(password, str) else None


async def keep_password(store: CredentialStore, url: str, user: str, password: str) -> None:
    """Store the password, replacing the earlier one. Raises `CredentialsError`."""
    await store.keep(address_of(url), f"service {user}", {"password": password})


def ask_password(user: str, url: str) -> str:
    """Ask for the password without showing it; without a terminal, take the first line of standard input."""
    if sys.stdin.isatty():
        return getpass(terminal_text(f"password of {user} at {address_of(url)}: "))
    return sys.stdin.readline().rstrip("\r\n")
