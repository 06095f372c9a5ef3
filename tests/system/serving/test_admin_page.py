"""The page at `/admin` in a real browser, without a window: the form takes a token, and the page is complete."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.system.terminal.test_browser import BROWSER, PATIENCE, Page, blank_page, started, until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium: apt-get install chromium"),
    pytest.mark.proves("G.admin"),
]
TITLES = ["Servers", "Calls and changes", "Users", "Limits", "Audit"]


async def test_the_page_is_opened_with_a_token_in_a_browser(tmp_path: Path) -> None:
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "share"),
            "XDG_STATE_HOME": str(tmp_path / "state"), "JWT_SECRET": "s" * 40,
            "ENCRYPTION_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}  # fmt: skip
    mcqueen = [sys.executable, "-m", "assistant.cli", "serve"]
    async with started(*mcqueen, "--token-for", "anna", "--admin", **home) as asked:
        token = json.loads((await asyncio.wait_for(asked.communicate(), PATIENCE))[0])["auth_token"]
    async with (
        started(*mcqueen, "--port", "0", "--no-metrics", **home) as serve,
        blank_page(tmp_path / "browser") as page,
    ):
        assert serve.stdout is not None
        base = json.loads(await asyncio.wait_for(serve.stdout.readline(), PATIENCE))["url"]
        await page.do("Page.navigate", url=f"{base}/admin")
        await until(page, "document.querySelector('input[name=token]') === document.activeElement")
        assert await page.value("document.querySelectorAll('h2').length") == 0
        await page.do("Input.insertText", text="guessed")
        await press_enter(page)
        await until(page, "document.body.innerText.includes('not valid')")
        await until(page, "document.querySelector('input[name=token]') === document.activeElement")
        await page.do("Input.insertText", text=token)
        await press_enter(page)
        await until(page, "document.querySelectorAll('h2').length === 5")
        shown = await page.value("[...document.querySelectorAll('h2')].map(one => one.innerText).join()")
        assert shown.split(",") == TITLES
        assert await page.value("location.pathname + location.search") == "/admin"
        assert await page.value("document.cookie") == "", "no script could read the cookie"
        assert await page.value("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
        assert await page.value("document.scripts.length") == 0
        assert {url.split("/")[2] for url in page.loaded if url.startswith("http")} == {base.split("/")[2]}
        await page.value("document.querySelector('button').click()")
        await until(page, "document.querySelector('input[name=token]') !== null")


async def press_enter(page: Page) -> None:
    """Press Enter, which sends the form."""
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
    await page.do("Input.dispatchKeyEvent", type="keyDown", **key)
    await page.do("Input.dispatchKeyEvent", type="keyUp", **key)
