"""The outcomes of calls that are refused before anything is sent. Words only; others decide who may call what."""

from __future__ import annotations

from client.call import CallError, Failed, Need, NeedsInput, Sent
from client.catalog import Tool
from client.servers.tool_server import FailureKind, ServerUnavailableError


def failed(code: str, message: str) -> Failed:
    """Return a failure before anything was sent."""
    return Failed(CallError(code, message, Sent.NO))


def key_reused() -> Failed:
    """Return the refusal of a call whose idempotency key belongs to another call, running or done."""
    return failed("key_reused", "This idempotency key belongs to another call.")


def tools_unknown(server: str, failure: ServerUnavailableError | None) -> Failed | NeedsInput:
    """Return why nothing can be called on a server that never listed its tools: it is away, or needs a login."""
    if failure is not None and failure.kind is FailureKind.SESSION_LOST:
        return NeedsInput(Need.LOGIN, CallError("login_required", str(failure), Sent.NO), service=server)
    return failed("not_sent", f"{server} cannot be reached, and its tools are not known yet.")


def consent_wanted(code: str, message: str, tool: Tool) -> NeedsInput:
    """Return the request for a yes, naming what the server lists to be confirmed."""
    return NeedsInput(Need.CONSENT, CallError(code, message, Sent.NO, tool.voice_confirmations))
