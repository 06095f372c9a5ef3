"""One name for a tool of a server that no other tool of any server can have, whatever both call themselves.

Only spells and reads names; which tools there are is the catalog's matter.
"""

from __future__ import annotations

import re

_PARTS = re.compile(r"(?s)((?:\\.|[^\\])*)\.((?:\\.|[^\\.])*)")
"""Server and tool as `qualified_name` spells them: the last dot without a backslash divides them."""
_ESCAPED = re.compile(r"(?s)\\(.)")


def qualified_name(server: str, tool: str) -> str:
    """Return `server.tool`; a backslash escapes each backslash, and each dot of the tool's name.

    So tool `b.c` of server `a` (`a.b\\.c`) is never tool `c` of server `a.b` (`a.b.c`).
    """
    if "\\" not in server and "." not in tool and "\\" not in tool:
        return f"{server}.{tool}"
    before = server.replace("\\", "\\\\")
    after = tool.replace("\\", "\\\\").replace(".", "\\.")
    return f"{before}.{after}"


def parted_name(qualified: str) -> tuple[str, str]:
    """Return server and tool of what `qualified_name` gave; a text without a dividing dot is a tool of no server."""
    found = _PARTS.fullmatch(qualified)
    server, tool = found.groups() if found else ("", qualified)
    return _ESCAPED.sub(r"\1", server), _ESCAPED.sub(r"\1", tool)
