"""One unique name for each tool of each server, whatever servers and tools call themselves.

It only writes and reads names; the catalog knows which tools there are.
"""

from __future__ import annotations

import re

_PARTS = re.compile(r"(?s)((?:\\.|[^\\])*)\.((?:\\.|[^\\.])*)")
"""Server and tool as `qualified_name` writes them: the last dot without a backslash divides them."""
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
    """Return server and tool of a name from `qualified_name`. Without a dividing dot it has no server."""
    found = _PARTS.fullmatch(qualified)
    server, tool = found.groups() if found else ("", qualified)
    return _ESCAPED.sub(r"\1", server), _ESCAPED.sub(r"\1", tool)
