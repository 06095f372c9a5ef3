"""Addresses that cannot be used, must not be used, or lead to a certificate that nobody should trust: each is named."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from client.access.credentials import CredentialStore
from client.access.plain_http import is_protected
from client.client_errors import ConfigurationError
from client.clock import SystemClock
from client.configuration.server_entries import dialect_of, make_server, read_entry, servers_from
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.rest.ai_platform import AiPlatformServer
from client.servers.rest.mcqueen import McQueenServer
from client.servers.tool_server import FailureKind, ServerUnavailableError, ToolServer
from tests.client.platform_app import TOKEN, Platform
from tests.client.serving import serve

DAY = datetime.timedelta(days=1)


def _certificate(folder: Path, *, ends: datetime.datetime, host: str = "localhost") -> tuple[Path, Path]:
    """Write a self-signed certificate and its key; it is its own authority for who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - 30 * DAY)
        .not_valid_after(ends)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, pem, serialization.NoEncryption()))
    return chain, secret


async def _reach(server: ToolServer) -> None:
    await server.connect()
    await server.list_tools()


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.proves("C.certificate")
@pytest.mark.parametrize(
    ("days", "trusted", "code", "words"),
    [
        (-1, True, "certificate_expired", "its certificate has expired"),
        (30, False, "certificate_refused", "its certificate is not valid"),
    ],
)
async def test_a_certificate_that_expired_or_that_nobody_vouches_for_is_named(
    tmp_path: Path, days: int, trusted: bool, code: str, words: str
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    certificate = _certificate(tmp_path, ends=now + days * DAY)
    context = ssl.create_default_context(cafile=str(certificate[0]) if trusted else None)
    async with (
        serve(_hello, certificate=certificate) as url,
        open_http_client(transport=httpx.AsyncHTTPTransport(verify=context)) as http,
    ):
        clock = SystemClock()
        reached = (
            McQueenServer("bank", url, http, clock),
            AiPlatformServer("bank", url, http, clock),
            StreamableHttpServer("bank", f"{url}/mcp", http, clock),
        )
        for server in reached:
            with pytest.raises(ServerUnavailableError, match=words) as caught:
                await _reach(server)
            assert (caught.value.kind, caught.value.code) == (FailureKind.NOT_SENT, code)
            await server.close()


async def test_https_where_only_http_is_spoken_is_named() -> None:
    async with serve(_hello) as url, open_http_client() as http:
        server = McQueenServer("bank", url.replace("http:", "https:"), http, SystemClock())
        with pytest.raises(ServerUnavailableError, match="does not speak https"):
            await server.list_tools()


@pytest.mark.proves("C.https")
async def test_plain_http_is_refused_where_a_login_would_travel_or_https_is_asked_for() -> None:
    async with open_http_client() as http:
        for entry, words in (
            ({"url": "http://bank.example/mcp", "headers": {"Authorization": "Bearer s3cret"}}, "plain http"),
            ({"url": "http://bank.example/api/v1", "user_id": "anna", "auth_token": "s3cret"}, "plain http"),
            ({"url": "http://localhost/mcp", "require_https": True}, "require_https asks for https"),
        ):
            with pytest.raises(ConfigurationError, match=words) as caught:
                make_server("bank", read_entry("bank", entry), http, SystemClock())
            assert "s3cret" not in str(caught.value)
            assert "server bank" in str(caught.value)
        for entry in (
            {"url": "https://bank.example/mcp", "headers": {"Authorization": "Bearer s3cret"}},
            {"url": "http://127.0.0.1/mcp", "headers": {"Authorization": "Bearer s3cret"}},
            {"url": "http://bank.example/mcp", "headers": {"Authorization": "Bearer s3cret"}, "require_https": False},
            {"url": "http://bank.example/mcp"},
        ):
            make_server("bank", read_entry("bank", entry), http, SystemClock())


@pytest.mark.parametrize(
    ("url", "protected"),
    [
        ("https://x.example", True),
        ("http://localhost:1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]/mcp", True),
        ("http://x.example", False),
        ("http://192.168.0.7", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
    ],
)
def test_only_https_and_this_machine_count_as_protected(url: str, protected: bool) -> None:
    assert is_protected(url) is protected


@pytest.mark.proves("C.address")
async def test_an_address_that_is_none_is_refused_with_a_sentence_that_shows_no_login(tmp_path: Path) -> None:
    async with open_http_client() as http:
        for url in ("ftp://x.example", "http://", "http://x.example:99999/mcp", "http://[::1/mcp", "https://:443"):
            with pytest.raises(ConfigurationError, match="is not an http or https URL"):
                servers_from({}, http, SystemClock(), server=url)
        for url in ("https://anna:s3cret@x.example/mcp", "ftp://anna:s3cret@x.example"):
            with pytest.raises(ConfigurationError) as caught:
                servers_from({}, http, SystemClock(), server=url)
            assert "s3cret" not in str(caught.value)
        entries = {"wrong": {"url": "htp://x"}, "right": {"url": "http://localhost:9/mcp"}}
        both = servers_from(entries, http, SystemClock())
        assert [server.name for server in both] == ["wrong", "right"]
        with pytest.raises(ServerUnavailableError, match="server wrong: 'htp://x' is not an http"):
            await both[0].connect()


@pytest.mark.proves("C.platform")
async def test_a_platform_is_found_by_its_path_and_by_asking(tmp_path: Path) -> None:
    assert dialect_of("http://x.example/api/mcp/") == "ai-platform"
    assert dialect_of("http://x.example/api/v1") == "mcqueen"
    assert dialect_of("http://x.example/mcp") == "mcp"
    assert dialect_of("http://x.example") == ""
    platform = Platform()
    platform.add("weather", {"forecast": lambda _: {"sunny": True}})
    login = {"user_id": "anna", "auth_token": TOKEN}
    async with serve(platform.app()) as url, open_http_client() as http:
        for address in (f"{url}/api/mcp", url):
            (server,) = servers_from(
                {"p": {"url": address, **login}}, http, SystemClock(), credentials=CredentialStore(tmp_path)
            )
            await server.connect()
            assert [tool.name for tool in (await server.list_tools()).tools] == ["forecast"]
            await server.close()
