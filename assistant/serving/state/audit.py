"""The audit log: who did what, when, and how it ended. Never holds arguments, results or tokens, only their digest."""

from __future__ import annotations

import json
import logging
import os
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.serving.serving_errors import ServingError
from client.values import digest

_log = logging.getLogger(__name__)


class AuditLog:
    """The last 10,000 entries in memory, and all of them in a file (mode 0600) where a path is given."""

    def __init__(self, now: Callable[[], float], path: Path | None = None) -> None:
        self._now = now
        self.entries: deque[dict[str, Any]] = deque(maxlen=10_000)
        self._descriptor: int | None = None
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            except OSError as error:
                raise ServingError(f"cannot write the audit log {path}: {error.strerror}") from error

    def write(
        self, event: str, *, user_id: str | None, address: str, request_id: str, outcome: str, **more: Any
    ) -> None:
        """Add an entry; of `arguments`, only the digest is kept."""
        if "arguments" in more:
            more["arguments_digest"] = digest(more.pop("arguments"))
        entry = {
            "at": datetime.fromtimestamp(self._now(), UTC).isoformat(),
            "event": event,
            "user_id": user_id,
            "address": address,
            "request_id": request_id,
            "outcome": outcome,
            **more,
        }
        self.entries.append(entry)
        if self._descriptor is None:
            return
        try:
            os.write(self._descriptor, (json.dumps(entry, ensure_ascii=False) + "\n").encode())
        except OSError as error:  # what was done is done, and is answered so
            _log.error("the audit log cannot be written (%s): %s", error.strerror, entry)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
