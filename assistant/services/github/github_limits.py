"""Reads from GitHub's answers how long no further request may be sent. It does not wait itself."""

from __future__ import annotations

import time

from assistant.services.web_api import ApiAnswer
from client.http import parse_retry_after

_SECONDARY = 60.0
"""Least seconds after a secondary limit that names no time, by GitHub's documentation."""
_LONGEST_SECONDARY = 3600.0


class RateLimits:
    """How long to wait for GitHub's limits, by its documentation."""

    def __init__(self) -> None:
        self._unnamed = 0
        """Number of secondary limits in a row that named no time."""

    def __call__(self, answer: ApiAnswer) -> float | None:
        """Return the seconds to wait after a rate limit, primary or secondary; None for any other answer.

        A secondary limit that names no time takes a minute, and each one that follows takes twice as long.
        """
        if answer.status not in (403, 429):
            self._unnamed = 0
            return None
        told = parse_retry_after(answer.headers.get("retry-after"), time.time())
        if told is not None:
            return told
        if answer.headers.get("x-ratelimit-remaining") == "0":
            ends = answer.headers.get("x-ratelimit-reset", "")
            return max(1.0, float(ends) - time.time()) if ends.isdigit() else _SECONDARY
        if answer.status != 429 and "rate limit" not in answer.message.lower():
            return None
        self._unnamed += 1
        return min(_LONGEST_SECONDARY, _SECONDARY * 2.0 ** (self._unnamed - 1))
