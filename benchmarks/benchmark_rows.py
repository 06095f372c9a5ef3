"""What every benchmark prints: rows of a table, and percentiles. It measures nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

Row = Callable[[str, str, str], None]
"""Takes what was measured, the value and the goal."""


def row(what: str, value: str, goal: str = "") -> None:
    """Print a row."""
    print(f"{what:<66}{value:>44}   {goal}", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed. `share` is above 0, up to 1."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]
