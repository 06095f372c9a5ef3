"""Turns outcomes and tools into JSON text and back, for the tables that store them.

Pure. A text of an older form, which cannot be read, counts as missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from client.call import CallError, Deferred, Failed, Need, NeedsInput, Outcome, Sent, Succeeded, Unknown
from client.catalog import Hints, Tier, Tool

_KINDS: dict[str, type[Succeeded | Failed | NeedsInput | Deferred | Unknown]] = {
    "succeeded": Succeeded,
    "failed": Failed,
    "needs_input": NeedsInput,
    "deferred": Deferred,
    "unknown": Unknown,
}


def outcome_to_text(outcome: Outcome) -> str:
    """Return the outcome as JSON text."""
    kept = {name: value for name, value in _plain(outcome).items() if name != "content"}
    return json.dumps(kept, ensure_ascii=False)


def outcome_without_result(outcome: Outcome) -> str:
    """Return an outcome without its result as JSON text, marked so that it is not shortened a second time."""
    kept = json.loads(outcome_to_text(outcome))
    kept.pop("result", None)
    return json.dumps(kept, ensure_ascii=False)


def outcome_from_text(text: str) -> Outcome:
    """Return the outcome that a JSON text stands for."""
    raw = json.loads(text)
    if "error" in raw:
        error = raw["error"]
        raw["error"] = CallError(**{**error, "sent": Sent(error["sent"]), "names": tuple(error["names"])})
    if "need" in raw:
        raw["need"] = Need(raw["need"])
    if raw["kind"] == "succeeded":
        raw.setdefault("result", None)  # its result was erased
    return _KINDS[raw.pop("kind")](**raw)


def tools_to_text(tools: tuple[Tool, ...]) -> str:
    """Return tools as JSON text."""
    return json.dumps([_plain(tool) for tool in tools], ensure_ascii=False)


def tools_from_text(text: str, *, trusted: bool) -> tuple[Tool, ...]:
    """Return the tools of a stored listing. Whether a tool is trusted follows today's settings, not the stored ones."""
    tools = []
    for raw in json.loads(text):
        raw["hints"] = Hints(**raw["hints"])
        raw["tier"] = Tier(raw["tier"])
        raw["trusted"], raw["allowed"] = trusted, False
        for name in ("examples", "voice_confirmations"):
            raw[name] = tuple(raw[name])
        known = {field.name for field in fields(Tool)}
        tools.append(Tool(**{name: value for name, value in raw.items() if name in known}))
    return tuple(tools)


def _plain(value: Any) -> Any:
    """Return dataclasses as plain dictionaries, without changing JSON values inside."""
    if value is None or isinstance(value, str | int | float):
        return value
    if is_dataclass(value):
        return {field.name: _plain(vars(value)[field.name]) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
