"""JSON read strictly at any depth of nesting: one deeply nested tool must not cost the whole listing.

Pure. pydantic's reader gives up at some 200 levels; deeper text is read by Python's own reader. It repairs nothing.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from pydantic_core import from_json


def read_json(text: bytes | str) -> Any:
    """Return the value. Raises `ValueError` for NaN, half a UTF-8 character, endless digits or depth."""
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        if "recursion limit" not in str(error):
            raise
    try:
        found = json.loads(text, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()  # `json.loads` accepts half a character; this does not
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
