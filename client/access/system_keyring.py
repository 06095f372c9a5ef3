"""The system's keyring, which is third-party code: any error, or no answer, becomes one sentence.

Backends talk to D-Bus, to desktops and to prompts that nobody may see. Their error texts are never shown, because they
may hold a secret.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from client.client_errors import CredentialsError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

PATIENCE = 30.0
"""Seconds for one answer: enough to type a password into the desktop's prompt, but finite if there is no desktop."""
WAY_OUT = "unlock it, or run: python -m keyring --disable (logins are then kept in an encrypted file)"
_PROBE = ("mcqueen", "probe")

T = TypeVar("T")


def system_keyring() -> KeyringBackend | None:
    """Return the keyring of this system, or None if it has none. Raises `CredentialsError`."""
    import keyring  # slow to load, so only for a look-up
    from keyring.backends import fail, null

    try:
        found = keyring.get_keyring()
    except Exception as error:  # noqa: BLE001  # loads third-party backends by a third-party configuration
        raise CredentialsError(
            f"the keyring that this system is set up for cannot be loaded ({type(error).__name__}); see "
            "PYTHON_KEYRING_BACKEND and keyringrc.cfg"
        ) from None
    return None if isinstance(found, fail.Keyring | null.Keyring) else found


def of_keyring(ask: Callable[[], T], patience: float = PATIENCE) -> T:
    """Return the keyring's answer. Raises `CredentialsError` for any of its errors, and if it never answers."""
    answers: list[T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            answers.append(ask())
        except Exception as error:  # noqa: BLE001  # the barrier: D-Bus and backends raise errors of any class
            errors.append(error)

    asking = threading.Thread(target=run, name="keyring", daemon=True)  # a hanging backend keeps no process alive
    asking.start()
    asking.join(patience)
    if answers:
        return answers[0]
    what = type(errors[0]).__name__ if errors else f"no answer in {patience:g} s"
    raise CredentialsError(f"the system's keyring cannot be used ({what}); {WAY_OUT}")


def keyring_in_use() -> str:
    """Return the name of the keyring after a test request; "" if there is none. Raises `CredentialsError`."""
    found = system_keyring()
    if found is None:
        return ""
    of_keyring(lambda: found.get_password(*_PROBE))
    return str(found.name)
