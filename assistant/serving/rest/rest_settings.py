"""Settings of the REST face, and the environment variables that hold them. Opens nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from assistant.serving.state.rate_limits import REST_MOST, REST_SECONDS
from client.client_errors import ConfigurationError


@dataclass(frozen=True)
class RestSettings:
    """Settings of the face. `rate_window` is in seconds."""

    rate_max: int = REST_MOST
    rate_window: float = REST_SECONDS
    allowed_origins: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    """Host names that requests may use, besides the machine's own."""
    upstream: str = ""
    """Address of another McQueen REST server, to which older paths are passed on; empty if they are served here."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> RestSettings:
        """Read RATE_LIMIT_MAX, RATE_LIMIT_WINDOW (milliseconds), UPSTREAM_URL, and the comma-separated ALLOWED_ORIGINS
        and ALLOWED_HOSTS. Raises `ConfigurationError` naming the variable.
        """
        numbers = {"RATE_LIMIT_MAX": REST_MOST, "RATE_LIMIT_WINDOW": int(REST_SECONDS * 1000)}
        for name in numbers:
            if name in environment:
                if not environment[name].isdecimal() or int(environment[name]) < 1:
                    raise ConfigurationError(f"{name} must be a whole number above zero, not {environment[name]!r}")
                numbers[name] = int(environment[name])
        origins, hosts = (
            tuple(one.strip() for one in environment.get(name, "").split(",") if one.strip())
            for name in ("ALLOWED_ORIGINS", "ALLOWED_HOSTS")
        )
        upstream = environment.get("UPSTREAM_URL", "")
        return cls(numbers["RATE_LIMIT_MAX"], numbers["RATE_LIMIT_WINDOW"] / 1000, origins, hosts, upstream)

    def cors(self) -> list[Middleware]:
        """Return what tells browsers that the allowed pages may call the face; nothing if there are none."""
        if not self.allowed_origins:
            return []
        return [
            Middleware(
                CORSMiddleware,
                allow_origins=list(self.allowed_origins),
                allow_methods=["GET", "POST", "PUT", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "X-Session-ID", "X-User-ID", "Idempotency-Key"],
                expose_headers=["X-Request-ID", "Retry-After"],
            )
        ]
