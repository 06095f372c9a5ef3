"""JSON values as types, and the one canonical form that digests and comparisons use.

Never parses or prints for people; it only names shapes and orders keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from typing_extensions import TypeAliasType

JSON = TypeAliasType("JSON", "str | int | float | bool | list[JSON] | dict[str, JSON] | None")
"""Any JSON value (RFC 8259). NaN and infinities are not JSON and are refused at the edges."""

Arguments = Mapping[str, JSON]
"""Arguments of a tool call by parameter name."""


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: JSON | Arguments) -> str:
    """Return the one spelling of a JSON value: keys sorted, no spaces, Unicode as it is (after RFC 8785)."""
    return _CANONICAL.encode(value)


def digest(value: JSON | Arguments) -> str:
    """Return the SHA-256 of the canonical form, 64 hex digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
