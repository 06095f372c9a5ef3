"""What users set outlives the process, encrypted; other machines are served over TLS; processes share one Redis."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import json
import os
import ssl
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assistant.serving.server import RunningTown, serve_town
from assistant.serving.serving_errors import AddressError, SecretsError
from assistant.serving.state.secret_keys import Secrets, load_secrets, mint_login_token
from assistant.serving.state.stores import Store
from assistant.serving.state.users import Users, UserToolSetting
from assistant.town.world import World
from tests.assistant.serving.conftest import Rest
from tests.assistant.serving.test_stores import postgres, redis_url, store, where

__all__ = ["postgres", "redis_url", "store", "where"]  # fixtures


@pytest.mark.proves("G.users")
async def test_what_is_kept_of_users_is_kept_by_every_store_and_apart(store: Store) -> None:
    users = Users(Secrets.generate(), store.users)
    name, other = f"driver {os.getpid()}", "somebody else"
    await users.configure(
        name, "get_weather", UserToolSetting(enabled=False, priority=9, custom_settings={"units": "x"})
    )
    await users.configure(name, "get_weather", UserToolSetting(enabled=True, priority=2))
    await users.link(name, "gmail", {"token": "a secret"})
    for tool in ("b", "a", "b"):
        await users.count(name, tool)
    assert await users.settings(name) == {"get_weather": UserToolSetting(enabled=True, priority=2)}
    assert await users.services(name) == {"gmail"}
    assert await users.credentials(name, "gmail") == {"token": "a secret"}
    kept = await store.users.credentials(name, "gmail")
    assert kept is not None
    assert b"secret" not in kept
    assert list((await users.usage_of(name)).items()) == [("b", 2), ("a", 1)]
    assert (await users.settings(other), await users.services(other), await users.usage_of(other)) == ({}, set(), {})
    assert await users.unlink(name, "gmail")
    assert not await users.unlink(name, "gmail")
    assert await users.credentials(name, "gmail") is None


async def test_credentials_under_another_key_are_said_to_be_so(store: Store) -> None:
    await Users(Secrets.generate(), store.users).link("driver", "gmail", {"token": "a secret"})
    with pytest.raises(SecretsError, match="log in to it again"):
        await Users(Secrets.generate(), store.users).credentials("driver", "gmail")


@pytest.mark.proves("G.users")
async def test_settings_logins_and_usage_outlive_the_server_and_the_file_holds_no_secret(
    world: World, tmp_path: Path
) -> None:
    path, secrets = tmp_path / "store.sqlite", Secrets.generate()
    for number in range(2):
        async with (
            serve_town(world, store=str(path), secrets=secrets) as town,
            httpx.AsyncClient(base_url=town.rest_url, trust_env=False) as http,
        ):
            rest = Rest(http, town, "driver")
            await rest.log_in()
            if number == 0:
                credentials = {"credentials": {"token": "a secret of mine"}}
                await http.put("/auth/services/gmail", json=credentials, headers=rest.headers)
                setting = {"enabled": False, "priority": 9}
                await http.put("/mcp/tools/get_weather/configure", json=setting, headers=rest.headers)
                await rest.execute("web_search", {"query": "fuel"})
                continue
            tools = await rest.tools()
            assert (tools["get_weather"]["user_enabled"], tools["get_weather"]["user_priority"]) == (False, 9)
            assert "email_personal" in tools
            assert (await rest.get("/usage")).json()["usage"] == {"web_search": 1}
    for file in await asyncio.to_thread(lambda: list(tmp_path.iterdir())):
        content = await asyncio.to_thread(file.read_bytes)
        assert b"a secret of mine" not in content
        assert file.stat().st_mode & 0o077 == 0


def certificate(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1 that signs itself; chain and key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = folder / "both.pem"
    path.write_bytes(made.public_bytes(encoding) + key.private_bytes(encoding, form, serialization.NoEncryption()))
    return path


@pytest.mark.proves("G.tls")
async def test_with_a_certificate_every_face_speaks_tls_and_nothing_else(world: World, tmp_path: Path) -> None:
    path = certificate(tmp_path)
    async with serve_town(world, certificate=path) as town:
        assert town.url.startswith("https://")
        assert all(url.startswith("https://") for url in town.faces.values())
        trusting = ssl.create_default_context(cafile=str(path))
        async with httpx.AsyncClient(verify=trusting, trust_env=False) as http:
            assert (await http.get(f"{town.rest_url}/health")).status_code == 200
        async with httpx.AsyncClient(trust_env=False) as http:
            with pytest.raises(httpx.ConnectError):
                await http.get(f"{town.rest_url}/health")
            with pytest.raises(httpx.HTTPError):
                await http.get(f"{town.rest_url.replace('https', 'http')}/health")


@pytest.mark.proves("G.tls")
@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1"])
async def test_other_machines_are_served_only_over_tls_or_where_that_is_said(world: World, address: str) -> None:
    with pytest.raises(AddressError, match=r"--certificate.*--plain-http"):
        RunningTown(world, address=address)
    RunningTown(world, address=address, plain_http=True)


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
async def test_a_certificate_that_cannot_be_used_is_named(world: World, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "certificate.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AddressError, match=r"certificate\.pem and its key cannot be used"):
        async with serve_town(world, certificate=path):
            pass


async def _serve(folder: Path, url: str) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from assistant.cli.main import main; main()", "serve", "--port", "0", "--store", url, "--no-metrics"),
        env={**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "RATE_LIMIT_MAX": "8"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    ready: dict[str, Any] = json.loads(await process.stdout.readline())
    return process, str(ready["faces"]["rest"])


@pytest.mark.system
@pytest.mark.proves("G.stores")
async def test_two_processes_behind_one_redis_share_sessions_users_and_limits(redis_url: str, tmp_path: Path) -> None:
    (one, first), (two, second) = await asyncio.gather(_serve(tmp_path, redis_url), _serve(tmp_path, redis_url))
    try:
        secrets = load_secrets(tmp_path / "config" / "mcqueen" / "serving-secrets.json", {})
        login = {"user_id": "driver", "auth_token": mint_login_token(secrets.jwt_secret, "driver", now=time.time())}
        async with httpx.AsyncClient(trust_env=False) as http:
            session = (await http.post(f"{first}/auth/login", json=login)).json()["session"]["session_id"]
            headers = {"Authorization": f"Bearer {session}"}
            setting = await http.put(f"{first}/mcp/tools/web_search/configure", json={"priority": 7}, headers=headers)
            assert setting.status_code == 200
            tools = (await http.get(f"{second}/mcp/tools", headers=headers)).json()["tools"]
            assert [tool["user_priority"] for tool in tools if tool["id"] == "web_search"] == [7]
            asked = [await http.get(f"{(first, second)[n % 2]}/usage", headers=headers) for n in range(8)]
            assert [answer.status_code for answer in asked] == [200] * 5 + [429] * 3
            for process in (one, two):
                process.terminate()
            assert [await one.wait(), await two.wait()] == [0, 0]
    finally:
        for process in (one, two):
            if process.returncode is None:
                process.kill()
                await process.wait()
