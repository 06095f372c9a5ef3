"""How a service behind the gateway learns who calls, in a way that only the gateway can say it.

Each service has a key of its own, made from the server's secret: with it nobody can log in anywhere or speak to another
service. The operator gets it when the service is added. Opens nothing.
"""

from __future__ import annotations

import hmac

import jwt

ISSUER = "mcqueen-gateway"
_SECONDS = 60.0
"""How long a service may believe the header."""


def caller_key(secret: str, service: str) -> str:
    """Return the key of a service, 64 hexadecimal digits."""
    return hmac.new(secret.encode(), f"gateway caller: {service}".encode(), "sha256").hexdigest()


def caller_token(secret: str, service: str, user_id: str, method: str, path: str, now: float) -> str:
    """Return a JWT (HS256) about one request: `sub` who calls, `aud` the service, `htm` method, `htu` path with query.

    `now` is in seconds since the epoch; it holds for 60 s. The names of the claims are those of RFC 7519 and RFC 9449.
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
