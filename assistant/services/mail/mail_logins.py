"""How an access token logs in to a mail server: the messages of its SASL mechanisms. Makes bytes only."""

from __future__ import annotations

from assistant.services.service_secrets import AccessToken

TOKEN_MECHANISMS = ("XOAUTH2", "OAUTHBEARER")
"""SASL mechanisms for access tokens: that of Google and Microsoft, and the standard one (RFC 7628)."""
AFTER_REFUSAL = b"\x01"
"""Answer to the reason of a refusal: RFC 7628 section 3.2.3 asks for it, and servers ignore its content for XOAUTH2."""


def first_message(mechanism: str, user: str, token: AccessToken) -> bytes:
    """Return the only message of a mechanism that is not empty."""
    bearer = b"auth=Bearer " + token.text.encode() + b"\x01\x01"
    if mechanism == "XOAUTH2":
        return b"user=" + user.encode() + b"\x01" + bearer
    name = user.replace("=", "=3D").replace(",", "=2C")  # a saslname (RFC 5801)
    return b"n,a=" + name.encode() + b",\x01" + bearer
