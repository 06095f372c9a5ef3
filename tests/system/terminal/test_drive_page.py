"""The page of a drive in a real browser, without a window and without a network: its picture, its words, its sound."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.system.terminal.test_browser import BROWSER, PATIENCE, blank_page, started, until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium: apt-get install chromium"),
    pytest.mark.proves("B.drive-page"),
]
DRIVE = """
title: A message that is heard otherwise
now: 2026-11-20T18:05:00+01:00
steps:
  - driver: "what's the weather in mannheim"
    heard: "what's the weather in weinheim"
  - driver: "send anna a message saying i'm late"
  - expect: {mode: confirming}
  - driver: "no"
"""


async def test_the_page_of_a_recorded_drive_is_complete_and_plays_without_a_network(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(DRIVE)
    page_file = tmp_path / "page.html"
    words = ("drive", str(tmp_path / "mine.yaml"), "--voice", "--html", str(page_file))
    async with started(sys.executable, "-m", "assistant.cli", *words) as drive:
        _, complaints = await asyncio.wait_for(drive.communicate(), 2 * PATIENCE)
    assert page_file.exists(), complaints.decode()
    async with blank_page(tmp_path / "browser") as page:
        await page.do("Network.emulateNetworkConditions", offline=True, latency=0,
                      downloadThroughput=0, uploadThroughput=0)  # fmt: skip
        await page.do("Page.navigate", url=page_file.as_uri())
        await until(page, "document.readyState === 'complete'")
        text = await page.value("document.body.innerText")
        assert "A message that is heard otherwise" in text
        assert "confirming" in text
        assert await page.value("document.querySelector('del') !== null || document.querySelector('ins') !== null")
        assert await page.value("document.querySelectorAll('svg path.wave').length") >= 1
        wave = "document.querySelector('svg path.wave').getBoundingClientRect()"
        assert await page.value(f"{wave}.width") > 300
        assert await page.value(f"{wave}.height") > 10
        assert await page.value("document.documentElement.scrollWidth <= window.innerWidth")
        await until(page, "document.querySelector('audio').readyState >= 1")
        seconds = await page.value("document.querySelector('audio').duration")
        assert seconds > 5
        play = "const sound = document.querySelector('audio'); sound.muted = true; sound.play()"
        await page.do("Runtime.evaluate", expression=play, userGesture=True)
        await until(page, "document.querySelector('audio').currentTime > 0.2")
        assert [url for url in page.loaded if not url.startswith(("file:", "data:"))] == []
