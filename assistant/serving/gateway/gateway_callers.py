"""How a service behind the gateway learns who calls, by a header that only the gateway can sign.

Each service has a key of its own, derived from the server's secret. Nobody can log in with that key or talk to another
service. The operator gets it when the service is added. This module opens no connection.
"""

from __future__ import annotations

import hmac

import jwt

ISSUER = "mcqueen-gateway"
_SECONDS = 60.0
"""How many seconds a service may accept the header."""


def caller_key(secret: str, service: str) -> str:
    """Return a service's key, 64 hexadecimal digits."""
    return hmac.new(secret.encode(), f"gateway caller: {service}".encode(), "sha256").hexdigest()


def caller_token(secret: str, service: str, user_id: str, method: str, path: str, now: float) -> str:
    """Return a JWT (HS256) about one request, valid for 60 s.

    Claims, as in RFC 7519 and RFC 9449: `sub` the caller, `aud` the service, `htm` the method, `htu` the path with its
    query. `now` is in seconds since the epoch.
    """
    claims = {
        "iss": ISSUER,
        "aud": service,
        "sub": user_id,
        "iat": int(now),
        "exp": int(now + _SECONDS),
        "htm": method,
        "htu": path,
    }
    return jwt.encode(claims, caller_key(secret, service), algorithm="HS256")
