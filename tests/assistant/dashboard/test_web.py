"""`mcqueen web` lets in whoever has the token, on this machine and by its own name, and nobody else."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from click.testing import CliRunner

from assistant.dashboard.web_dashboard import COOKIE, HOST, WebDashboard, kept_session

TOKEN = "a token for this test"


@asynccontextmanager
async def served(session: str = "") -> AsyncIterator[str]:
    """The web dashboard on a free port; its address."""
    listener = await asyncio.get_running_loop().run_in_executor(None, _listener)
    port = listener.getsockname()[1]
    dashboard = WebDashboard(port, TOKEN, session=session, sound=False)
    # No terminal app behind it: what is tried here is who gets as far as that.
    dashboard.command = f"{sys.executable} -c pass"
    runner = web.AppRunner(await dashboard._make_app(), access_log=None)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        await runner.cleanup()


def _listener():  # type: ignore[no-untyped-def]  # a socket
    import socket

    return socket.create_server((HOST, 0))


@pytest.mark.proves("F.web")
async def test_only_the_token_opens_the_page_the_socket_and_the_files() -> None:
    async with served() as base, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        for path in ("/", "/ws", "/static/js/textual.js", "/download/x", "/?token=wrong", "/?token="):
            async with http.get(base + path) as answer:
                assert answer.status == 403
        async with http.get(base, cookies={COOKIE: "wrong"}) as answer:
            assert answer.status == 403
        async with http.get(f"{base}/", params={"token": TOKEN}, allow_redirects=False) as answer:
            assert answer.status == 302
            assert answer.headers["Location"] == "/"
            assert "HttpOnly" in answer.headers["Set-Cookie"]
            assert "SameSite=Strict" in answer.headers["Set-Cookie"]
        async with http.get(f"{base}/") as answer:
            assert answer.status == 200
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert TOKEN not in await answer.text()
        async with http.get(f"{base}/", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403  # a name of somebody else that leads here
        async with http.get(f"{base}/ws", headers={"Origin": "http://evil.example"}) as answer:
            assert answer.status == 403  # a page of somebody else in the same browser


@pytest.mark.proves("F.web")
async def test_the_page_names_no_other_host_and_the_cookie_outlives_the_process() -> None:
    async with served("a secret of this user") as base:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            async with http.get(f"{base}/", params={"token": TOKEN}, allow_redirects=False) as answer:
                assert answer.cookies[COOKIE].value == "a secret of this user"
            async with http.get(base) as answer:
                page = await answer.text()
            async with http.get(f"{base}/alive") as answer:
                assert f'data-start="{await answer.text()}"' in page
        named = re.findall(r"(?:https?|wss?):/*([^/\"' ]+)", page)
        assert set(named) <= {base.removeprefix("http://"), "www.w3.org"}  # the latter is the name of SVG
        async with aiohttp.ClientSession(cookies={COOKIE: TOKEN}) as http, http.get(f"{base}/alive") as answer:
            assert answer.status == 403, "the token of an address is no cookie"


@pytest.mark.proves("F.web")
def test_the_secret_of_cookies_is_kept_for_its_owner_alone_and_for_some_weeks(tmp_path: Path) -> None:
    path = tmp_path / "data" / "web-session.json"
    first = kept_session(path, 1000.0)
    assert len(first) == 43
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_session(path, 1000.0 + 29 * 86_400) == first
    path.chmod(0o644)
    second = kept_session(path, 1000.0)
    assert second != first, "somebody else may have read it"
    third = kept_session(path, 1000.0 + 31 * 86_400)
    assert third != second
    for damaged in ("", "{", "[]", '{"secret": "short", "made": 1000.0}', '{"secret": 1, "made": "x"}'):
        path.write_text(damaged)
        assert len(kept_session(path, 1000.0)) == 43


@pytest.mark.proves("F.web")
def test_without_the_extra_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.cli.web_command import command

    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 1
    assert "mcqueen[web]" in done.output


@pytest.mark.proves("F.web")
def test_a_port_that_is_taken_is_named() -> None:
    import socket

    from assistant.cli.web_command import command

    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(command, ["--port", str(port)])
    assert done.exit_code == 1
    assert f"port {port} cannot be used" in done.output


@pytest.mark.proves("F.web")
def test_a_page_s_process_ends_when_nobody_serves_it_any_more(tmp_path: Path) -> None:
    """After a `kill -9` of `mcqueen web` its pipes are closed, and nothing else tells the process."""
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
    }
    command = [sys.executable, "-m", "assistant.cli", "dashboard", "--no-sound"]
    pipe = subprocess.PIPE
    page = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
    try:
        assert page.stdin is not None
        assert page.stdout is not None
        while page.stdout.readline() != b"__GANGLION__\n":  # what it says when it is ready for a browser
            assert page.poll() is None
        page.stdin.close()
        page.stdout.close()
        page.wait(60)
    finally:
        page.kill()
        page.wait()
