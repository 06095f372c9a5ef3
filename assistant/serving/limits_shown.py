"""A server's limits in words, for the page at `/admin`. The faces enforce the same numbers."""

from __future__ import annotations

from assistant.serving.mcp.mcp_login import MCP_MOST, MCP_SECONDS
from assistant.serving.platform.admin_face import ADMIN_REQUESTS, ADMIN_SECONDS
from assistant.serving.platform.guarded import REQUEST_SECONDS, REQUESTS
from assistant.serving.platform.platform_face import CREATION_SECONDS, CREATIONS, EXECUTION_SECONDS, EXECUTIONS
from assistant.serving.request_bodies import MAX_BODY
from assistant.serving.rest.rest_settings import RestSettings


def limits_shown(rest: RestSettings) -> list[tuple[str, str]]:
    """Return each limited thing with its limit."""
    return [
        ("REST requests of an address, and of a user", _within(rest.rate_max, rest.rate_window)),
        ("MCP requests of a user", _within(MCP_MOST, MCP_SECONDS)),
        ("platform and gateway requests of a user", _within(REQUESTS, REQUEST_SECONDS)),
        ("servers created by a user", _within(CREATIONS, CREATION_SECONDS)),
        ("executions of a user", _within(EXECUTIONS, EXECUTION_SECONDS)),
        ("requests of this page by an address", _within(ADMIN_REQUESTS, ADMIN_SECONDS)),
        ("bytes of a request's body", f"{MAX_BODY:,}"),
    ]


def _within(most: int, seconds: float) -> str:
    return f"{most:,} in {seconds:,.0f} s"
