"""Makes the token of a server on loopback at each start, in a file for this account alone, and removes it at the end.

Clients read it with `client.access.local_tokens`. It never writes a token where another account could read it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from assistant.serving.serving_errors import SecretsError


class LocalToken:
    """The token of one running server."""

    def __init__(self) -> None:
        self.value = secrets.token_hex(32)
        self._path: Path | None = None

    def write(self, path: Path) -> None:
        """Write the file (mode 0600), in place of one that an earlier server left. Raises `SecretsError`."""
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(self.value)
            draft.replace(path)
        except OSError as error:
            raise SecretsError(f"cannot write the token file {path}: {error.strerror}") from error
        self._path = path

    def remove(self) -> None:
        """Remove the file, unless another server has put its own there."""
        path, self._path = self._path, None
        if path is None:
            return
        with contextlib.suppress(OSError):
            if path.read_text(encoding="ascii") == self.value:
                path.unlink()
