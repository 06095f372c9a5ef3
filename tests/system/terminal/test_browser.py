"""`mcqueen web` in a real browser, without a window: opened with the token, typed at, and looked at."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium: apt-get install chromium"),
]
PATIENCE = 90.0


@asynccontextmanager
async def started(*command: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that is ended afterwards."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, **environment}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 20)


class Page:
    """One page of the browser, by its debugging protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.loaded: list[str] = []
        """Addresses from which something came."""

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have the browser do it."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            answer = json.loads((await self._socket.receive(PATIENCE)).data)
            if answer.get("method") == "Network.responseReceived":
                self.loaded.append(answer["params"]["response"]["url"])
            if answer.get("id") == number:
                result: dict[str, Any] = answer["result"]
                return result

    async def value(self, expression: str) -> Any:
        """Return what an expression gives in the page."""
        return (await self.do("Runtime.evaluate", expression=expression)).get("result", {}).get("value")

    async def picture(self) -> str:
        """What the page looks like, as text that differs where it differs."""
        return str((await self.do("Page.captureScreenshot", format="png"))["data"])


@asynccontextmanager
async def blank_page(profile: Path) -> AsyncIterator[Page]:
    """An empty page of a browser without a window, whose profile lies in that folder."""
    assert BROWSER is not None
    windowless = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
                  f"--user-data-dir={profile}", "--remote-allow-origins=*", "about:blank"]  # fmt: skip
    async with started(*windowless) as browser, aiohttp.ClientSession() as http:
        assert browser.stderr is not None
        while b"DevTools listening" not in (line := await asyncio.wait_for(browser.stderr.readline(), PATIENCE)):
            assert line
        host = line.decode().split("ws://")[1].split("/")[0]
        async with http.get(f"http://{host}/json") as answer:
            target = next(one for one in json.loads(await answer.text()) if one["type"] == "page")
        async with http.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            page = Page(socket)
            await page.do("Network.enable")
            await page.do("Page.enable")
            yield page


def home_in(folder: Path) -> dict[str, str]:
    """An environment in which McQueen keeps everything in that folder."""
    return {
        "XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "share"),
        "MCQUEEN_DASHBOARD__WELCOMED": "true",
    }  # fmt: skip


def serving(port: int = 0) -> list[str]:
    """The command that serves the dashboard."""
    return [sys.executable, "-m", "assistant.cli", "web", "--port", str(port), "--no-sound"]


async def address_of(web: asyncio.subprocess.Process) -> str:
    """The address that it prints."""
    assert web.stdout is not None
    return (await asyncio.wait_for(web.stdout.readline(), PATIENCE)).decode().removeprefix("Open ").strip()


SHOWS = "document.body.classList.contains('-first-byte')"
FOCUSED = "document.activeElement && document.activeElement.className === 'xterm-helper-textarea'"


async def typed_in(page: Page, text: str) -> None:
    """Type, and wait until the picture changes."""
    before = await page.picture()
    await page.do("Input.insertText", text=text)
    for _ in range(300):
        if await page.picture() != before:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("what was typed did not show")


@pytest.mark.proves("F.web")
async def test_the_dashboard_is_opened_in_a_browser(tmp_path: Path) -> None:
    async with started(*serving(), **home_in(tmp_path)) as web, blank_page(tmp_path / "browser") as page:
        address = await address_of(web)
        base, _, _ = address.partition("/?")
        await page.do("Page.navigate", url=f"{base}/")
        await until(page, "document.body.innerText.includes('token')")
        await page.do("Page.navigate", url=address)
        await until(page, SHOWS)
        assert await page.value("location.search") == ""  # the token stands in no history
        assert await page.value("document.title") == "McQueen"
        assert (await page.value("document.querySelector('link[rel=icon]').href")).startswith("data:image/svg+xml")
        await until(page, FOCUSED)  # nobody has clicked
        assert await page.value("document.fonts.check('16px \"Roboto Mono\"')"), "its own letters are there"
        await typed_in(page, "help")
        assert any(url.endswith("/static/fonts/RobotoMono-VariableFont_wght.ttf") for url in page.loaded)
        hosts = {url.split("/")[2] for url in page.loaded if url.startswith("http")}
        assert hosts == {base.removeprefix("http://")}, "the browser loads nothing from elsewhere"


@pytest.mark.proves("F.web")
async def test_on_the_width_of_a_phone_all_of_the_dashboard_is_there(tmp_path: Path) -> None:
    async with started(*serving(), **home_in(tmp_path)) as web, blank_page(tmp_path / "browser") as page:
        await page.do("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=3, mobile=True)
        await page.do("Page.navigate", url=await address_of(web))
        await until(page, SHOWS)
        assert await page.value("window.innerWidth") == 390, "the page is as wide as the phone says"
        assert await page.value("document.documentElement.scrollWidth") <= 390
        size = await page.value("document.getElementById('terminal').dataset.fontSize")
        assert 9 <= int(size) <= 13
        width = await page.value("document.querySelector('.xterm-screen').getBoundingClientRect().width")
        columns = width / (int(size) * 0.6)
        assert 50 <= columns <= 66, "more than the glance alone has room"


@pytest.mark.proves("F.web")
async def test_a_page_comes_back_after_its_server_was_restarted_and_stays_ended_after_quit(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    async with blank_page(tmp_path / "browser") as page:
        async with started(*serving(), **home) as first:
            address = await address_of(first)
            await page.do("Page.navigate", url=address)
            await until(page, SHOWS)
            born = await page.value("document.body.dataset.start")
        await until(page, "document.body.innerText.includes('mcqueen web has stopped')")
        port = int(address.split(":")[2].split("/")[0])
        async with started(*serving(port), **home) as second:
            assert await address_of(second) != address, "the token of an address is new"
            await until(page, f"document.body.dataset.start !== '{born}' && {SHOWS}")
            await until(page, FOCUSED)
            await typed_in(page, "help")
            quits = {"key": "q", "code": "KeyQ", "windowsVirtualKeyCode": 81, "modifiers": 2}
            await page.do("Input.dispatchKeyEvent", type="keyDown", **quits)
            await until(page, "document.body.innerText.includes('McQueen has ended')")
            await until(page, "document.activeElement.id === 'again'")  # it begins again only if somebody asks for it


async def until(page: Page, expression: str) -> None:
    """Wait for an expression to hold in the page."""
    for _ in range(int(PATIENCE * 10)):
        if await page.value(expression):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(
        f"{expression} did not come to hold; the page says {await page.value('document.body.innerText')}"
    )
