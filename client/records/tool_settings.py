"""Each user's settings for each tool: whether it is offered, its priority, and the server's own settings.

All functions run inside a transaction of the writer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from client.values import JSON


@dataclass(frozen=True)
class ToolSetting:
    """One user's settings for one tool (docs/contracts.md)."""

    enabled: bool = True
    priority: int = 5
    """0 to 100; among tools that fit equally well the highest priority comes first."""
    custom_settings: Mapping[str, JSON] = field(default_factory=dict)
    """For the tool's server; nothing here reads them."""


def keep_setting(
    db: sqlite3.Connection, now: float, server: str, user_id: str, tool: str, setting: ToolSetting
) -> None:
    """Store a user's settings for a tool."""
    custom = json.dumps(dict(setting.custom_settings), ensure_ascii=False)
    db.execute(
        "INSERT OR REPLACE INTO tool_settings VALUES (?, ?, ?, ?, ?, ?, ?)",
        (server, user_id, tool, int(setting.enabled), setting.priority, custom, now),
    )


def kept_settings(db: sqlite3.Connection, server: str, user_id: str) -> dict[str, ToolSetting]:
    """Return a user's settings for a server's tools, by tool; while nobody is logged in, the latest settings."""
    rows = db.execute(
        "SELECT tool, enabled, priority, custom FROM tool_settings WHERE server = ? AND ? IN (user_id, '') "
        "ORDER BY set_at",
        (server, user_id),
    )
    return {tool: ToolSetting(bool(enabled), priority, json.loads(custom)) for tool, enabled, priority, custom in rows}
