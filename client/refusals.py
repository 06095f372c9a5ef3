"""How a call is turned down before anything is sent. Words only; who may call what is decided elsewhere."""

from __future__ import annotations

from client.call import CallError, Failed, Need, NeedsInput, Sent
from client.catalog import Tool


def failed(code: str, message: str) -> Failed:
    """Return a failure before anything was sent."""
    return Failed(CallError(code, message, Sent.NO))


def consent_wanted(code: str, message: str, tool: Tool) -> NeedsInput:
    """Return the wish for a yes, naming what the server lists to be confirmed."""
    return NeedsInput(Need.CONSENT, CallError(code, message, Sent.NO, tool.voice_confirmations))
