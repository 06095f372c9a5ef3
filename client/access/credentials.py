"""Stores logins in the system's keyring, or in an encrypted file if the system has none.

A secret belongs to the address it was given for, so that a changed URL never gets another server's secrets. No secret
appears in an error, a log line or a `repr`.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from client.access.system_keyring import of_keyring, system_keyring
from client.client_errors import CredentialsError
from client.records.locks import FileLock
from client.records.private_file import write_private
from client.values import JSON, digest

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "mcqueen"
"""The service name of the entries in the system's keyring."""
KEY_FILE = "credentials.key"
SECRETS_FILE = "credentials.encrypted"


def address_of(url: str) -> str:
    """Return the address that a secret belongs to: scheme, host, port and path, without user, query or trailing
    slash."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme.lower()}://{host}{port}{parts.path.rstrip('/')}"


class CredentialStore:
    """Stores JSON objects by address and name. It looks for the keyring at the first access."""

    def __init__(self, folder: Path) -> None:
        """Take the folder for the encrypted file, if one is needed; opens nothing yet."""
        self.folder = folder
        self._file = _EncryptedFile(folder)
        self._keyring: KeyringBackend | None = None
        self._looked = False

    async def load(self, address: str, name: str) -> dict[str, JSON] | None:
        """Return the stored object, or None. Raises `CredentialsError`."""
        return await asyncio.to_thread(self._load, f"{name} {address}")

    async def keep(self, address: str, name: str, value: Mapping[str, JSON]) -> None:
        """Store an object, replacing an earlier one. Raises `CredentialsError`."""
        await asyncio.to_thread(self._keep, f"{name} {address}", dict(value))

    async def forget(self, address: str, name: str) -> None:
        """Remove an object wherever it is stored. Raises `CredentialsError`."""
        await asyncio.to_thread(self._forget, f"{name} {address}")

    async def notice(self) -> str:
        """Return one sentence for people if there is no keyring; else empty."""
        if await asyncio.to_thread(self._backend) is not None:
            return ""
        return (
            "this system has no keyring, so the login is kept in an encrypted file with its key beside it, for your "
            f"eyes only: {self._file.path}"
        )

    def lock(self, address: str) -> FileLock:
        """Return a lock on the secrets of one address, for changes that take more than one step."""
        return FileLock(self._file.path.with_name(f"login-{digest(address)[:16]}.lock"))

    def _backend(self) -> KeyringBackend | None:
        if not self._looked:
            self._keyring = system_keyring()
            self._looked = True
        return self._keyring

    def _load(self, entry: str) -> dict[str, JSON] | None:
        backend = self._backend()
        text = of_keyring(lambda: backend.get_password(SERVICE, entry)) if backend is not None else None
        if text is None:
            return self._file.load(entry)  # also entries stored before there was a keyring
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise CredentialsError(f"the login kept in the keyring for {entry} is damaged; log in again")
        return cast("dict[str, JSON]", found)

    def _keep(self, entry: str, value: dict[str, JSON]) -> None:
        backend = self._backend()
        if backend is None:
            self._file.change(lambda kept: kept.update({entry: value}))
            return
        text = json.dumps(value)
        of_keyring(lambda: backend.set_password(SERVICE, entry, text))

    def _forget(self, entry: str) -> None:
        from keyring.errors import PasswordDeleteError  # slow to load, so only if a login is deleted

        backend = self._backend()
        if backend is not None:

            def delete() -> None:
                try:
                    backend.delete_password(SERVICE, entry)
                except PasswordDeleteError:
                    if backend.get_password(SERVICE, entry) is not None:
                        raise

            of_keyring(delete)
        if self._file.path.exists():
            self._file.change(lambda kept: kept.pop(entry, None))


class _EncryptedFile:
    """One Fernet-encrypted object in a file of mode 0600, with its key in another file.

    This protects a copy of one file, as in a backup. It does not protect against a reader of both files.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / SECRETS_FILE
        self._key_path = folder / KEY_FILE

    def load(self, entry: str) -> dict[str, JSON] | None:
        """Return one entry, or None."""
        return self._read().get(entry) if self.path.exists() else None

    def change(self, edit: Callable[[dict[str, Any]], object]) -> None:
        """Read, change and write, while no other process does so."""
        from cryptography.fernet import Fernet  # slow to load, so only if a secret is stored

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(self.path.with_suffix(".lock")):
                kept = self._read() if self.path.exists() else {}
                edit(kept)
                if not self._key_path.exists():
                    write_private(self._key_path, Fernet.generate_key())
                write_private(self.path, Fernet(self._key()).encrypt(json.dumps(kept).encode()))
        except OSError as error:
            raise CredentialsError(f"cannot keep the login in {self.path}: {error.strerror}") from None

    def _read(self) -> dict[str, Any]:
        from cryptography.fernet import Fernet, InvalidToken  # the same

        try:
            if os.name == "posix" and (self.path.stat().st_mode | self._key_path.stat().st_mode) & 0o077:
                raise CredentialsError(
                    f"others may read the logins in {self.path}; run: chmod 600 {self.path} {self._key_path}"
                )
            found = json.loads(Fernet(self._key()).decrypt(self.path.read_bytes()))
        except OSError as error:
            raise CredentialsError(f"cannot read the logins in {self.path}: {error.strerror}") from None
        except (InvalidToken, ValueError):
            found = None
        if not isinstance(found, dict):
            raise CredentialsError(f"the logins in {self.path} are damaged; remove the file and log in again")
        return found

    def _key(self) -> bytes:
        return self._key_path.read_bytes()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock among processes, if the system has file locks."""
    try:
        import fcntl
    except ImportError:  # Windows always has a keyring
        yield
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
