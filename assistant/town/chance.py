"""Chance that depends only on the seed and the subject, never on earlier calls: every number is a digest of both."""

from __future__ import annotations

import hashlib


def fraction(seed: int, *about: object) -> float:
    """Return a number in [0, 1) that depends only on the seed and the subject."""
    text = "|".join([str(seed), *(str(part) for part in about)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
