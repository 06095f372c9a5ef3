"""The address of a mail server and the protocol to reach it: a password travels only over protected connections."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from assistant.hosting.host_errors import RefusedError
from client.access.plain_http import is_protected

_PORTS = {"imaps": 993, "imap": 143, "smtps": 465, "smtp": 587}


@dataclass(frozen=True)
class MailEndpoint:
    """One server."""

    scheme: str
    """imaps or smtps: TLS from the first byte; imap or smtp: STARTTLS, which only loopback may do without."""
    host: str
    port: int

    @property
    def url(self) -> str:
        """The address that a password is stored under."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def wrapped(self) -> bool:
        """Whether TLS begins before the first command."""
        return self.scheme.endswith("s")

    @property
    def loopback(self) -> bool:
        """Whether the connection stays on this machine."""
        return is_protected(self.url)


def read_endpoint(kind: str, text: str) -> MailEndpoint:
    """Return the endpoint of a URL; `kind` is imap or smtp. Raises `RefusedError` with the cure."""
    cure = f"write {kind}s://HOST[:PORT], or {kind}://HOST[:PORT] for STARTTLS"
    try:
        parts = urlsplit(text if "://" in text else f"{kind}s://{text}")
        port = parts.port
    except ValueError:
        raise RefusedError(f"{text} is no address of a server; {cure}") from None
    if parts.scheme not in (kind, f"{kind}s") or not parts.hostname or parts.username or parts.password:
        raise RefusedError(f"{text} is no address of a server; {cure}")
    return MailEndpoint(parts.scheme, parts.hostname, port or _PORTS[parts.scheme])


def tls_context() -> ssl.SSLContext:
    """Return what checks the server's certificate against the system's authorities (or `SSL_CERT_FILE`)."""
    return ssl.create_default_context()
