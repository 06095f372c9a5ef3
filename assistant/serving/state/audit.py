"""The audit log: who did what, when, and how it ended. It never holds arguments, results or tokens, only digests."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.serving.serving_errors import ServingError
from assistant.serving.state.audit_file import AuditFile
from client.values import digest

_log = logging.getLogger(__name__)


class AuditLog:
    """The last 10,000 entries in memory, and all of them in files (mode 0600, chained) if a path is given."""

    def __init__(self, now: Callable[[], float], path: Path | None = None) -> None:
        self._now = now
        self.entries: deque[dict[str, Any]] = deque(maxlen=10_000)
        self._file: AuditFile | None = None
        if path is not None:
            try:
                self._file = AuditFile(path)
            except OSError as error:
                raise ServingError(f"cannot write the audit log {path}: {error.strerror}") from error

    def write(
        self, event: str, *, user_id: str | None, address: str, request_id: str, outcome: str, **more: Any
    ) -> None:
        """Add an entry with the digest of `arguments`."""
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
        if self._file is None:
            return
        try:
            self._file.append(entry)
        except OSError as error:  # the action is done, and the answer says so
            _log.error("the audit log cannot be written (%s): %s", error.strerror, entry)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
