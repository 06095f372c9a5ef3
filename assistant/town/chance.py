"""Chance that is the same for the same seed, whatever was asked before: every number is a digest of what it is for."""

from __future__ import annotations

import hashlib


def fraction(seed: int, *about: object) -> float:
    """Return a number in [0, 1) that depends on the seed and on what it is about, and on nothing else."""
    text = "|".join([str(seed), *(str(part) for part in about)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
