"""When a login is renewed before it ends: one rule for tokens and sessions. Never reads a clock and never renews."""

from __future__ import annotations

import math

RENEW_BEFORE = 60.0
"""Seconds before its end at which a login is renewed."""
RENEW_SHARE = 0.2
"""Last share of its life in which a login may be renewed, so that one of a minute is not renewed at every use."""


def is_time_to_renew(left: float, lifetime: float = math.inf) -> bool:
    """Return whether a login that still lasts `left` seconds of its `lifetime` (seconds) should be renewed now."""
    return left < min(RENEW_BEFORE, RENEW_SHARE * lifetime)
