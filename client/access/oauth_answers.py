"""Interprets the answers of a server and of its authorization server for a login. Pure; nothing is sent.

A wrong reading costs a driver the login, so only the specifications count (RFC 6749, 6750, 8414, 9728).
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import httpx
import httpx2
from pydantic import ValidationError

_SCOPE_FIELD = re.compile(r',?\s*\bscope="([^"\\]*)"')
_MISMATCH = re.compile(r"issuer mismatch: (\S+) != (\S+)")
_AUTHORIZATION_SERVERS = "authorization_servers"
_REFUSALS = (400, 401)
"""Statuses with which a token endpoint refuses (RFC 6749, 5.2); its JSON names the error."""


def wants_token(response: httpx2.Response) -> bool:
    """Say whether a server asks for a login, or for one with more rights."""
    challenge = response.headers.get("www-authenticate", "")
    return response.status_code == 401 or (response.status_code == 403 and "insufficient_scope" in challenge)


def asking_for(refused: httpx2.Response, scope: str) -> httpx2.Response:
    """Return the refusal as if it named these scopes, because the SDK's flow reads them from it."""
    challenge = _SCOPE_FIELD.sub("", refused.headers.get("www-authenticate", "Bearer")).rstrip(" ,")
    first = "" if challenge.lower() == "bearer" else ","
    headers = {"www-authenticate": f'{challenge}{first} scope="{scope}"'}
    return httpx2.Response(refused.status_code, headers=headers, request=refused.request)


def refused_for_good(reply: httpx2.Response) -> bool:
    """Say whether a token endpoint refused the refresh token for good. The body of `reply` must have been read.

    A sign-in page of a network, a proxy's error or a busy server says nothing about the login.
    """
    return bool(refusal_code(reply))


def refusal_code(reply: httpx2.Response | httpx.Response) -> str:
    """Return the error that a token endpoint names (RFC 6749, 5.2), at most 60 characters; empty if it names none."""
    named = _object(reply.content).get("error") if reply.status_code in _REFUSALS else None
    return named[:60] if isinstance(named, str) else ""


def root_issuer(reply: httpx2.Response) -> str:
    """Return the first authorization server that resource metadata names, if it is a bare host; else empty."""
    named = _object(reply.content).get(_AUTHORIZATION_SERVERS)
    first = named[0] if isinstance(named, list) and named else None
    parts = urlsplit(first) if isinstance(first, str) else None
    bare = parts is not None and parts.path in ("", "/") and not parts.query
    return first if bare and isinstance(first, str) else ""


def spelled_as(reply: httpx2.Response, metadata: httpx2.Response) -> httpx2.Response:
    """Return resource metadata with its authorization server spelled as that server's `metadata` spells it.

    `https://host` and `https://host/` are one address (RFC 3986, 6.2.3) with one metadata address (RFC 8414, 3.1), but
    the SDK compares letter by letter. With a path the two differ, and nothing is changed.
    """
    found, named, issuer = _object(reply.content), root_issuer(reply), _object(metadata.content).get("issuer")
    if not isinstance(issuer, str) or issuer == named or issuer.rstrip("/") != named.rstrip("/"):
        return reply
    found[_AUTHORIZATION_SERVERS] = [issuer]
    return httpx2.Response(reply.status_code, json=found, request=reply.request)


def reason(error: Exception) -> str:
    """Return the text as one line, without tokens and codes that the SDK may have quoted."""
    if isinstance(error, ValidationError):
        return "the authorization server's answer is not as OAuth has it"
    line = " ".join(str(error).split())
    if different := _MISMATCH.search(line):
        itself, named = different.groups()
        return (
            f"the server names its authorization server {named}, which calls itself {itself}; "
            "the server has to name it exactly so"
        )
    return re.split(r": [{<]", line)[0][:200] or type(error).__name__


def _object(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
