"""A reading as one line of `interpret --json` and `hear --json` (docs/design.md).

Only rearranges; it never interprets.
"""

from __future__ import annotations

from typing import Any

from assistant.understanding.reading import Interpretation, Reading
from client.catalog import Catalog
from client.values import JSON


def line_for(id: JSON, text: str, reading: Reading, catalog: Catalog) -> dict[str, Any]:
    """Return `{"id", "text", "tool", "arguments", "missing", "score", "alternatives"[, "then", "left"]}`."""
    if not reading.interpretations:
        return {"id": id, "text": text, **_nothing(), "alternatives": []}
    best, *others = reading.interpretations
    line = {"id": id, "text": text, **_fields(best, catalog)}
    line["alternatives"] = [_fields(other, catalog) for other in others]
    if best.then:
        line["then"] = [_fields(further, catalog) for further in best.then]
    if best.left or best.untimed:
        line["left"] = best.left or best.untimed
    return line


def _nothing() -> dict[str, Any]:
    return {"tool": None, "arguments": {}, "missing": [], "score": 0.0}


def _fields(interpretation: Interpretation, catalog: Catalog) -> dict[str, Any]:
    tool = catalog.find(interpretation.tool)
    return {
        "tool": catalog.public_name(tool) if tool is not None else interpretation.tool,
        "arguments": dict(interpretation.arguments),
        "missing": list(interpretation.missing),
        "score": round(interpretation.score, 4),
    }
