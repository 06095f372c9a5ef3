"""Which tools come with McQueen itself: of car, profile and routines. The driver's own servers go before them.

Names servers; it knows no tool and no word.
"""

from __future__ import annotations

from client.catalog import Tool

OURS = frozenset({"car", "profile", "routines"})
"""Names of the servers that come with McQueen; a server in settings that has such a name replaces ours."""


def is_bundled(tool: Tool) -> bool:
    """Return whether a tool is McQueen's own: one of those servers, in this process."""
    return tool.server in OURS and not tool.place
