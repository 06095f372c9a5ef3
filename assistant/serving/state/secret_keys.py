"""The secrets of the server side: what signs logins, what encrypts credentials. Never a default, never logged."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.fernet import Fernet

from assistant.serving.serving_errors import SecretsError
from client.access.credentials import CredentialStore
from client.client_errors import CredentialsError
from client.values import JSON

KEYRING_ENTRY = "serving-secrets"
"""Name of the keyring entry; it belongs to the path that the file would have."""


@dataclass(frozen=True)
class Secrets:
    """Both secrets; their text form shows neither."""

    jwt_secret: str = field(repr=False)
    encryption_key: str = field(repr=False)
    """A Fernet key: 32 random bytes in URL-safe base64."""

    def __post_init__(self) -> None:
        if not self.jwt_secret:
            raise SecretsError("JWT_SECRET is empty; set 32 or more random characters, or unset it to have one made")
        try:
            Fernet(self.encryption_key)
        except ValueError as error:
            raise SecretsError(
                "ENCRYPTION_KEY is not a Fernet key; set 32 random bytes in URL-safe base64, "
                "or unset it to have one made"
            ) from error

    @classmethod
    def generate(cls) -> Secrets:
        """Return fresh secrets from the system's randomness."""
        return cls(secrets.token_hex(32), Fernet.generate_key().decode())


def load_secrets(path: Path, environment: Mapping[str, str] = os.environ) -> Secrets:
    """Return the secrets from the environment, else from the file, which is made (mode 0600) at the first start.

    Raises `SecretsError` if the file cannot be read or written, or if others may read it.
    """
    given = {"jwt_secret": environment.get("JWT_SECRET"), "encryption_key": environment.get("ENCRYPTION_KEY")}
    if None not in given.values():
        return Secrets(str(given["jwt_secret"]), str(given["encryption_key"]))
    stored = _read(path) if path.exists() else _create(path)
    return Secrets(
        stored["jwt_secret"] if given["jwt_secret"] is None else given["jwt_secret"],
        stored["encryption_key"] if given["encryption_key"] is None else given["encryption_key"],
    )


async def open_secrets(path: Path, environment: Mapping[str, str], store: CredentialStore) -> tuple[Secrets, str]:
    """Return the secrets, and one sentence for people if they had to be written to a file, else an empty one.

    They come from the environment; else from the file if it exists; else from the system's keyring, which gets new
    secrets at the first start. If the system has no keyring, they are written to a new file. Raises `SecretsError`.
    """
    given_all = all(environment.get(name) is not None for name in ("JWT_SECRET", "ENCRYPTION_KEY"))
    if given_all or await asyncio.to_thread(path.exists):
        return load_secrets(path, environment), ""
    try:
        if await store.notice():
            told = f"this system has no keyring, so the secrets are kept in a file, for your eyes only: {path}"
            return load_secrets(path, environment), told
        kept = await store.load(str(path), KEYRING_ENTRY)
        if kept is None:
            made = Secrets.generate()
            fresh: dict[str, JSON] = {"jwt_secret": made.jwt_secret, "encryption_key": made.encryption_key}
            await store.keep(str(path), KEYRING_ENTRY, fresh)
            # Two processes may have started at once; the stored secrets count for both.
            kept = await store.load(str(path), KEYRING_ENTRY) or fresh
    except CredentialsError as error:
        raise SecretsError(f"{error}, or set JWT_SECRET and ENCRYPTION_KEY") from error
    given = {"jwt_secret": environment.get("JWT_SECRET"), "encryption_key": environment.get("ENCRYPTION_KEY")}
    try:
        return Secrets(**{name: str(kept[name] if own is None else own) for name, own in given.items()}), ""
    except KeyError as error:
        raise SecretsError("the secrets in the keyring are damaged; remove mcqueen's entry to have new ones") from error


async def known_secrets(path: Path, environment: Mapping[str, str], store: CredentialStore) -> Secrets | None:
    """Return the secrets from the same sources as `open_secrets`, but make none: None if there are none yet.

    Raises `SecretsError` if they cannot be read.
    """
    given_all = all(environment.get(name) is not None for name in ("JWT_SECRET", "ENCRYPTION_KEY"))
    if given_all or await asyncio.to_thread(path.exists):
        return load_secrets(path, environment)
    try:
        kept = None if await store.notice() else await store.load(str(path), KEYRING_ENTRY)
    except CredentialsError as error:
        raise SecretsError(f"{error}, or set JWT_SECRET and ENCRYPTION_KEY") from error
    return (await open_secrets(path, environment, store))[0] if kept is not None else None


def _create(path: Path) -> dict[str, str]:
    made = Secrets.generate()
    content = {"jwt_secret": made.jwt_secret, "encryption_key": made.encryption_key}
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)  # fails if another process was first: then its secrets count
        finally:
            temporary.unlink()
    except FileExistsError:
        return _read(path)
    except OSError as error:
        raise SecretsError(
            f"cannot write the secrets to {path} ({error.strerror}); make its folder writable, "
            "or set JWT_SECRET and ENCRYPTION_KEY"
        ) from error
    return content


def _read(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_mode & 0o077:
            raise SecretsError(f"others may read the secrets in {path}; run: chmod 600 {path}")
        content = json.loads(path.read_text(encoding="utf-8"))
        return {"jwt_secret": str(content["jwt_secret"]), "encryption_key": str(content["encryption_key"])}
    except OSError as error:
        raise SecretsError(f"cannot read the secrets in {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SecretsError(f"the secrets in {path} are damaged; remove the file to have new ones made") from error


def mint_login_token(
    secret: str,
    user_id: str,
    *,
    now: float,
    seconds: float = 3600,
    permissions: Sequence[str] | None = None,
    once: bool = False,
) -> str:
    """Return a login token (JWT, HS256) for a user, valid that long. `now` is in seconds since the epoch.

    `permissions` replaces the usual permissions on the platform. A token made with `once` works for one login only.
    """
    claims: dict[str, Any] = {"user_id": user_id, "iat": int(now), "exp": int(now + seconds)}
    if permissions is not None:
        claims["permissions"] = list(permissions)
    if once:
        claims["jti"] = secrets.token_hex(16)
    with _short_keys_allowed():
        return jwt.encode(claims, secret, algorithm="HS256")


def read_login_token(secret: str, token: str, *, now: float) -> dict[str, Any] | None:
    """Return the claims of a token that this secret signed and that is valid now, else None.

    A token that never expires (no `exp`) is not valid, because nobody could take it back.
    """
    # Times are checked against the clock that was passed in, not against the one the library reads.
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    try:
        with _short_keys_allowed():
            claims: dict[str, Any] = jwt.decode(token, secret, algorithms=["HS256"], options=options)
    except jwt.InvalidTokenError:
        return None
    ends, starts = claims.get("exp"), claims.get("nbf")
    for moment in (ends, starts):
        if moment is not None and (isinstance(moment, bool) or not isinstance(moment, int | float)):
            return None
    if ends is None or now >= ends or (starts is not None and now < starts):
        return None
    return claims


def _short_keys_allowed() -> warnings.catch_warnings[None]:
    """Allow a short secret from the environment: a warning is given once at the start, not at every login."""
    return warnings.catch_warnings(action="ignore", category=jwt.InsecureKeyLengthWarning)
