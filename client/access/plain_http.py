"""Whether a secret may travel to an address: over https, or without leaving this machine. Decides; sends nothing."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from client.call import CallError, Sent
from client.servers.tool_server import FailureKind, Faulted

HTTPS_REQUIRED = "https_required"


def is_protected(url: str) -> bool:
    """Return whether nobody on the network can read along: https, or a loopback address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def https_required(server: str) -> Faulted:
    """Return the refusal to send a login in the clear, with the cure."""
    message = f"{server} is reached over plain http, where anyone can read a login: use https for it."
    return Faulted(FailureKind.TOOL_ERROR, CallError(HTTPS_REQUIRED, message, Sent.NO))
