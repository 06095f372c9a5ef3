"""Server entries that other programs keep as JSON (Claude Desktop, Cursor, VS Code, ...), read as entries of ours.

An entry that cannot be imported is named with its file and key; the other entries are imported. It writes nothing. It
never imports trust, which only McQueen's own settings grant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.client_errors import ConfigurationError
from client.configuration.server_entries import read_entry

_PLACES = (("mcpServers",), ("servers",), ("mcp", "servers"), ("mcp", "mcpServers"), ("context_servers",))
"""Keys under which programs store the table of servers: most programs; VS Code's mcp.json; VS Code's settings.json;
others."""
_URLS = ("url", "serverUrl", "httpUrl")
_TAKEN = ("command", "args", "env", "cwd", "headers")
_TYPES = ("", "stdio", "http", "streamable-http", "streamableHttp", "streamable_http")
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/|,(?=\s*(?:(?://[^\n]*\n|/\*.*?\*/)\s*)*[}\]])', re.DOTALL)
"""Strings, which are kept, and two things that VS Code writes although JSON forbids them: comments, and a comma before
a bracket."""


@dataclass(frozen=True)
class Found:
    """The contents of another program's file."""

    entries: Mapping[str, dict[str, Any]]
    problems: tuple[str, ...]
    """One sentence for each server that was left out, with file and key."""


def read_other_program(path: Path) -> Found:
    """Read the file. Raises `ConfigurationError` if it is not such a file."""
    raw = _load(path)
    where, servers = _table(path, raw)
    entries: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for name, entry in servers.items():
        try:
            entries[name] = _entry(name, entry)
        except ConfigurationError as error:
            problems.append(f"{path}: {where}.{name}: {error}; it is left out")
    return Found(entries, tuple(problems))


def _load(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from error
    plain = _TOKENS.sub(lambda found: found.group() if found.group().startswith('"') else _blank(found.group()), text)
    try:
        return json.loads(plain, object_pairs_hook=lambda pairs: _once(path, pairs))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from error


def _blank(text: str) -> str:
    """Keep the number of lines, so that an error names the right line."""
    return "\n" * text.count("\n") or " "


def _once(path: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ConfigurationError(f"{path} has {key} twice; keep one")
        found[key] = value
    return found


def _table(path: Path, raw: Any) -> tuple[str, Mapping[str, Any]]:
    for place in _PLACES:
        found = raw
        for key in place:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict):
            return ".".join(place), found
    raise ConfigurationError(f'{path} has no table "mcpServers" (or "servers", as VS Code writes it)')


def _entry(name: str, raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ConfigurationError("it is no object")
    kept: dict[str, Any] = {key: raw[key] for key in _TAKEN if raw.get(key) not in (None, {}, [], "")}
    kind = raw.get("type", raw.get("transport", ""))
    if kind == "sse":
        raise ConfigurationError("type: sse is the old transport, which McQueen does not speak; give its /mcp URL")
    if kind not in _TYPES:
        raise ConfigurationError(f"type: {kind!r} is not one of stdio and http")
    for key in _URLS:
        if raw.get(key):
            kept["url"] = raw[key]
            break
    if bool(kept.get("url")) == bool(kept.get("command")):
        raise ConfigurationError("it needs a command or a url, and not both")
    _refuse_placeholders(kept)
    if raw.get("disabled") is True or raw.get("enabled") is False:
        kept["enabled"] = False
    try:
        read_entry(name, kept)
    except ConfigurationError as error:
        raise ConfigurationError(str(error).removeprefix(f"server {name}: ")) from error
    return kept


def _refuse_placeholders(value: Any, where: str = "") -> None:
    """Raise `ConfigurationError` for a placeholder that only the other program can fill in."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_placeholders(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            _refuse_placeholders(inner, f"{where}.{position}")
    elif isinstance(value, str) and (found := _PLACEHOLDER.search(value)):
        raise ConfigurationError(
            f"{where}: only the other program can fill in {found.group()}; write its value in its place"
        )
