"""Turns an MCP `tools/list` result into `Tool`s: broken tools are named and left out, the others work.

It only reads data that others fetched, for files given with `--catalog` and for live servers alike.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from client.catalog import Catalog, Hints, RejectedTool, Tier, Tool
from client.client_errors import CatalogError
from client.servers.tool_server import Listing
from client.values import JSON, canonical

MOST_TOOLS = 2000
"""Tools of one live server; far more than anybody can choose from by voice."""
_LONGEST_NAME = 128
_TWICE = "another tool of this server has the same name"
_LONGEST_DESCRIPTION = 50_000
_LARGEST_SCHEMA = 500_000
"""Characters. A larger schema is a mistake or meant to do harm."""
_TURN = 0.05
"""Seconds of reading one listing after which another one has its turn."""
_READER = ThreadPoolExecutor(1, "listings")
_MOST_JUDGED = 20_000
"""Schemas whose faults are remembered, since servers list the same ones again and again; the oldest go first."""
_JUDGED: dict[bytes, str] = {}
"""What a schema does against JSON Schema, by the digest of its text; "" if nothing."""


def read_catalog_file(path: Path, server: str = "catalog") -> Catalog:
    """Read a file that holds a `tools/list` result. Raises `CatalogError`, with the cure, if nothing is usable."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))  # some editors begin with a mark
    except OSError as error:
        raise CatalogError(f"cannot read the catalog {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"the catalog {path} is not UTF-8 text; save a tools/list result as JSON there") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise CatalogError(f"the catalog {path} is not JSON ({error}); save a tools/list result there") from error
    tools = raw.get("tools") if isinstance(raw, dict) else None
    if not isinstance(tools, list) or not tools:
        raise CatalogError(
            f'the catalog {path} has no tools; it must be an object with a list "tools", as tools/list gives'
        )
    listing = read_tools(tools, server)
    if not listing.tools:
        raise CatalogError(
            f"no tool of the catalog {path} is usable: {listing.rejected[0].name}: {listing.rejected[0].reason}"
        )
    return Catalog(tuple(listing.tools), tuple(listing.rejected))


def read_tools(
    raw_tools: list[JSON],
    server: str,
    *,
    trusted: bool = False,
    honours_keys: bool = False,
    most: int | None = None,
    checked: bool = False,
) -> Listing:
    """Turn the entries of a `tools/list` result into tools of that server, at most `most` of them.

    `checked` is for definitions in this program, whose schemas its tests have checked: checking them again takes 0.1 s.
    """
    reading = _Reading(server, trusted, honours_keys, checked)
    for position, raw in enumerate(reading.cut(raw_tools, most)):
        reading.take(position, raw)
    return Listing(reading.tools, reading.rejected)


async def read_tools_aside(
    raw_tools: list[JSON], server: str, *, trusted: bool, honours_keys: bool, most: int | None = None
) -> Listing:
    """Do the same in a thread of its own, so that no schema, however large, holds the event loop.

    All servers share the thread and take turns, so that no listing keeps another one waiting.
    """
    reading = _Reading(server, trusted, honours_keys, checked=False)
    entries = enumerate(reading.cut(raw_tools, most))
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(_READER, _read_for_a_turn, reading, entries):
        pass
    return Listing(reading.tools, reading.rejected)


def _read_for_a_turn(reading: _Reading, entries: Iterator[tuple[int, JSON]]) -> bool:
    """Take entries for a while; return whether there may be more."""
    began = time.perf_counter()
    for position, raw in entries:
        reading.take(position, raw)
        if time.perf_counter() - began > _TURN:
            return True
    return False


@dataclass
class _Reading:
    """A listing while it is read."""

    server: str
    trusted: bool
    honours_keys: bool
    checked: bool
    tools: list[Tool] = field(default_factory=list)
    rejected: list[RejectedTool] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _twice: set[str] = field(default_factory=set)

    def cut(self, raw_tools: list[JSON], most: int | None) -> list[JSON]:
        if most is None or len(raw_tools) <= most:
            return raw_tools
        beyond = f"the server lists more than {most} tools; the rest is left out"
        self.rejected.append(RejectedTool(self.server, f"#{most + 1} and all after it", beyond))
        return raw_tools[:most]

    def take(self, position: int, raw: JSON) -> None:
        """Take one entry."""
        name = raw.get("name") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(name, str) or not name.strip():
            self.rejected.append(RejectedTool(self.server, f"#{position + 1}", "it has no name"))
            return
        reason = "" if self.checked else _reason_to_reject(name, raw, self._taken)
        if reason == _TWICE:
            if name not in self._twice:  # said once, however often it comes
                self._twice.add(name)
                self.rejected.append(RejectedTool(self.server, _printable(name), reason))
        elif reason:
            self.rejected.append(RejectedTool(self.server, _printable(name), reason))
        else:
            self._taken.add(name)
            self.tools.append(_tool(name, raw, self.server, trusted=self.trusted, honours_keys=self.honours_keys))


def _printable(name: str) -> str:
    """Return a name that is safe to show in a terminal or on a screen."""
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1] + "…"


def _reason_to_reject(name: str, raw: Mapping[str, JSON], taken: set[str]) -> str:
    if not name.isprintable():
        return "its name has control characters"
    if len(name) > _LONGEST_NAME:
        return f"its name has more than {_LONGEST_NAME} characters"
    description = raw.get("description")
    if isinstance(description, str) and len(description) > _LONGEST_DESCRIPTION:
        return f"its description has {len(description)} characters, more than {_LONGEST_DESCRIPTION}"
    if name in taken:
        return _TWICE
    schema = raw.get("inputSchema", {"type": "object"})
    if not isinstance(schema, dict):
        return "its inputSchema is not an object"
    if schema.get("type", "object") != "object":
        return f"its inputSchema has type {schema.get('type')!r} where MCP asks for object"
    if not isinstance(schema.get("properties", {}), dict):
        return "the properties of its inputSchema are not an object"
    return _schema_problem(schema)


def _schema_problem(schema: dict[str, JSON]) -> str:
    try:
        text = canonical(schema)
    except (ValueError, RecursionError):
        return "its inputSchema is not JSON or nested too deeply"
    if len(text) > _LARGEST_SCHEMA:
        return f"its inputSchema has {len(text)} characters, more than {_LARGEST_SCHEMA}"
    known = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
    if known not in _JUDGED:
        if len(_JUDGED) >= _MOST_JUDGED:
            _JUDGED.pop(next(iter(_JUDGED)))
        _JUDGED[known] = _rule_broken(text)
    return _JUDGED[known]


def _rule_broken(text: str) -> str:
    """Return what a schema, as canonical JSON, does against JSON Schema."""
    from jsonschema import FormatChecker, SchemaError  # heavy: only if a schema is read
    from jsonschema.validators import validator_for  # the same

    try:
        # Patterns are ECMAScript's, which Python's `re` does not judge: `client.schemas.patterns` does, at each use.
        schema = json.loads(text)
        kind: Any = validator_for(schema)  # its published type knows nothing of this argument
        kind.check_schema(schema, format_checker=FormatChecker(formats=()))
    except SchemaError as error:
        where = "/".join(str(part) for part in error.absolute_path) or "the top"
        return f"its inputSchema is not valid JSON Schema at {where}: {error.message[:120]}"
    except RecursionError:
        return "its inputSchema is nested too deeply"
    return ""


def _tool(name: str, raw: Mapping[str, JSON], server: str, *, trusted: bool, honours_keys: bool) -> Tool:
    annotations = _mapping(raw.get("annotations"))
    meta = _mapping(raw.get("_meta"))
    schema = _mapping(raw.get("inputSchema")) or {"type": "object"}
    output = raw.get("outputSchema")
    inverse = meta.get("mcqueen/inverse")
    tier = meta.get("mcqueen/access_level", "public")
    return Tool(
        server=server,
        name=name,
        description=_text(raw.get("description")),
        title=_text(raw.get("title")) or _text(annotations.get("title")),
        input_schema=schema,
        output_schema=output if isinstance(output, dict) else None,
        hints=Hints(
            read_only=_flag(annotations.get("readOnlyHint")),
            destructive=_flag(annotations.get("destructiveHint")),
            idempotent=_flag(annotations.get("idempotentHint")),
            open_world=_flag(annotations.get("openWorldHint")),
        ),
        trusted=trusted,
        examples=_texts(meta.get("mcqueen/examples")),
        voice_confirmations=_texts(meta.get("mcqueen/voice_confirmations")),
        inverse=inverse if isinstance(inverse, dict) else None,
        category=_text(meta.get("mcqueen/category")),
        tier=Tier(tier) if tier in list(Tier) else Tier.PUBLIC,
        service=_text(meta.get("mcqueen/service")),
        deferrable=_flag(meta.get("mcqueen/deferrable")),
        honours_keys=honours_keys or "idempotency_key" in _mapping(schema.get("properties")),
    )


def as_listed(tool: Tool) -> dict[str, JSON]:
    """Return a tool as `tools/list` gives it, so that `read_tools` makes the same tool of it."""
    hints = {
        "readOnlyHint": tool.hints.read_only,
        "destructiveHint": tool.hints.destructive,
        "idempotentHint": tool.hints.idempotent,
        "openWorldHint": tool.hints.open_world,
    }
    meta: dict[str, JSON] = {
        "mcqueen/examples": list(tool.examples),
        "mcqueen/voice_confirmations": list(tool.voice_confirmations),
        "mcqueen/inverse": dict(tool.inverse) if tool.inverse is not None else None,
        "mcqueen/category": tool.category,
        "mcqueen/access_level": "" if tool.tier is Tier.PUBLIC else tool.tier.value,
        "mcqueen/service": tool.service,
        "mcqueen/deferrable": tool.deferrable,
    }
    listed: dict[str, JSON] = {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": dict(tool.input_schema),
        "outputSchema": dict(tool.output_schema) if tool.output_schema is not None else None,
        "annotations": {name: value for name, value in hints.items() if value is not None},
        "_meta": {name: value for name, value in meta.items() if value not in (None, "", [])},
    }
    return {name: value for name, value in listed.items() if name == "inputSchema" or value not in (None, "", {})}


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: JSON) -> tuple[str, ...]:
    return (
        tuple(cast("list[str]", [item for item in value if isinstance(item, str)])) if isinstance(value, list) else ()
    )


def _flag(value: JSON) -> bool | None:
    return value if isinstance(value, bool) else None
