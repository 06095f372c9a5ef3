"""The page at `/admin` over real HTTP: who gets in, what it shows, and that it changes nothing."""

from __future__ import annotations

import asyncio
import html
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from assistant.serving.platform.callers import USUAL, Permission
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.serving.state.secret_keys import mint_login_token
from assistant.town.world import World
from client.servers.processes.process_use import ProcessMeter
from tests.assistant.serving.test_platform import ALLOWED, Platform
from tests.assistant.town.clock import SetClock
from tests.client.harness import until

pytestmark = pytest.mark.proves("G.admin")
EVIL = "<script>alert(1)</script>"
HUNGRY = f"""\
import sys
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
held = [open(sys.argv[0]) for _ in range(60)]
block = b"x" * (80 << 20)
from tests.client.stdio_server import server
server.run("stdio")
"""


class Site:
    """A served town with its platform, and browsers at its page."""

    def __init__(self, running: RunningTown) -> None:
        self.running = running

    def token(self, user: str = "ada", *permissions: str, seconds: float = 3600) -> str:
        now = self.running.world.now().timestamp()
        secret = self.running.secrets.jwt_secret
        return mint_login_token(secret, user, now=now, seconds=seconds, permissions=permissions or None)

    def browser(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.running.url, trust_env=False, follow_redirects=True, headers=headers)

    async def page(self, permission: str = "mcp:admin") -> str:
        async with self.browser() as browser:
            shown = await browser.post("/admin/login", data={"token": self.token("ada", permission)})
            assert (shown.status_code, shown.url.path) == (200, "/admin"), shown.text
            return shown.text


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    settings = PlatformSettings(folder / "platform", commands=ALLOWED)
    async with serve_town(
        World(seed=1, now=SetClock()), faces=("mcp", "rest", "platform"), platform=settings
    ) as running:
        yield Site(running)


def cells(page: str, title: str) -> list[list[str]]:
    """The rows of a table of the page, with its heads."""
    found = re.search(rf"<h2>{title}</h2><table>(.*?)</table>", page, re.DOTALL)
    assert found is not None
    rows = [re.split(r"<t[dh]>", row)[1:] for row in found[1].split("<tr>")[1:]]
    return [[html.unescape(cell) for cell in row] for row in rows]


async def test_without_a_login_there_is_only_the_form(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.browser() as browser:
        shown = await browser.get("/admin")
        assert shown.status_code == 401
        assert "name=token" in shown.text
        assert "<h2>" not in shown.text
        for token in ("", "nonsense", here.token("ada", "mcp:admin", seconds=-1)):
            refused = await browser.post("/admin/login", data={"token": token})
            assert (refused.status_code, browser.cookies.get("mcqueen_admin")) == (401, None)
        for rights in ((), ("mcp:read", "mcp:write", "mcp:execute")):
            refused = await browser.post("/admin/login", data={"token": here.token("bob", *rights)})
            assert (refused.status_code, browser.cookies.get("mcqueen_admin")) == (403, None)
            assert "<h2>" not in refused.text
        assert [(row["event"], row["outcome"]) for row in here.running.audit.entries] == [
            ("admin login", "refused")
        ] * 5


async def test_the_right_opens_this_page_alone_and_logging_out_closes_it(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.browser() as browser:
        await browser.post("/admin/login", data={"token": here.token("ada", "mcp:admin")})
        cookie = browser.cookies["mcqueen_admin"]
        assert (await browser.get("/admin")).status_code == 200
        for path in ("/api/mcp", "/api/mcp/admin/all", "/api/gateway/health"):
            for token, status in ((here.token("ada", "mcp:admin"), 403), (cookie, 401)):
                answer = await browser.get(path, headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code == status, path
        out = await browser.post("/admin/logout")
        assert (out.status_code, out.url.path) == (401, "/admin")
        async with here.browser(Cookie=f"mcqueen_admin={here.token('ada', 'mcp:admin')}") as other:
            assert (await other.get("/admin")).status_code == 401  # a token is no cookie
        bearer = {"Authorization": f"Bearer {here.token('ada', 'mcp:manage')}"}
        assert (await browser.get("/admin", headers=bearer)).status_code == 200  # who may manage may look


async def test_the_cookie_is_for_this_path_and_ends_with_the_token(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.browser() as browser:
        for seconds, most in ((600, 600), (90 * 86_400, 8 * 3600)):
            token = here.token("ada", "mcp:admin", seconds=seconds)
            sent = await browser.post("/admin/login", data={"token": token}, follow_redirects=False)
            parts = [part.strip().lower() for part in sent.headers["set-cookie"].split(";")]
            assert {"httponly", "samesite=strict", "path=/admin"} <= set(parts)
            (age,) = (int(part.partition("=")[2]) for part in parts if part.startswith("max-age="))
            assert most - 5 <= age <= most


async def test_the_name_of_a_user_is_text_and_nothing_runs(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.browser() as http:
        user = Platform(http, here.running, EVIL)
        await user.create(enabled=False)
        page = await here.page()
        assert EVIL not in page
        assert cells(page, "Servers")[1][:3] == ["child", EVIL, "STOPPED"]
        assert "<script" not in page
        answer = await http.get("/admin", headers={"Authorization": f"Bearer {here.token('ada', 'mcp:admin')}"})
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "script" not in answer.headers["content-security-policy"]


async def test_a_server_is_shown_with_its_state_process_and_what_it_uses(tmp_path: Path) -> None:
    script = tmp_path / "hungry.py"
    script.write_text(HUNGRY)
    async with site(tmp_path) as here, here.browser() as http:
        user = Platform(http, here.running, "bea")
        server_id = await user.healthy(name="hungry", command=sys.executable, args=[str(script)])
        details = (await user.send("GET", f"/mcp/{server_id}")).json()
        used = details["runtimeStatus"]
        assert 80e6 < used["memory"] < 600e6
        assert 60 < used["openFiles"] < 200
        shown = await here.running.process_use()
        assert [name.split()[0] for name in shown] == ["hungry"]
        heads, row = cells(await here.page(), "Servers")
        told = dict(zip(heads, row, strict=True))
        assert (told["server"], told["user"], told["state"]) == ("hungry", "bea", "HEALTHY")
        assert int(told["process"]) == details["runtimeStatus"]["pid"]
        assert 80 < float(told["memory"].removesuffix(" MB")) < 600
        assert 60 < int(told["open files"]) < 200
        assert told["CPU"].endswith(" %")
        assert ["server created", "done", "1"] in cells(await here.page(), "Calls and changes")
        assert next(one for one in cells(await here.page(), "Users") if one[0] == "bea")[1] == "1"
        assert ["executions of a user", "20 in 60 s"] in cells(await here.page(), "Limits")
        newest = cells(await here.page(), "Audit")[1]
        assert newest[1:] == ["admin login", "ada", "127.0.0.1", "done"]


async def test_a_busy_process_and_a_gone_one_are_told_apart(tmp_path: Path) -> None:
    meter = ProcessMeter()
    busy = await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass")
    idle = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    try:
        shares: list[tuple[float, float]] = []

        def told_apart() -> bool:
            one, other = meter.look(busy.pid), meter.look(idle.pid)
            assert one is not None
            assert other is not None
            shares.append((one.cpu, other.cpu))
            return len(shares) > 3 and one.cpu > 0.05 > other.cpu

        await until(told_apart)
    finally:
        busy.kill()
        idle.kill()
        await busy.wait()
        await idle.wait()
    assert meter.look(busy.pid) is None


async def test_too_many_tries_to_log_in_are_refused(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.browser() as browser:
        tries = [(await browser.post("/admin/login", data={"token": "guess"})).status_code for _ in range(61)]
        assert tries == [401] * 60 + [429]
        assert (await browser.post("/admin/login", content=b"token=" + b"x" * 20_000)).status_code == 429


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"token", b"a=1&b=2&c=3&d=4&token=5", b"token=" + b"x" * 20_000])
async def test_a_broken_form_is_refused_in_a_sentence(tmp_path: Path, body: bytes) -> None:
    async with site(tmp_path) as here, here.browser() as browser:
        answer = await browser.post("/admin/login", content=body)
        assert answer.status_code in (400, 401, 413)
        assert "Something went wrong" not in answer.text


def test_the_right_is_none_that_a_usual_token_has() -> None:
    assert Permission.ADMIN not in USUAL
