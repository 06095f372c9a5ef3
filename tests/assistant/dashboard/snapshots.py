"""Pictures that are kept: an SVG is the same as before, or the test says where the new one lies.

`SNAPSHOTS=write` keeps what is drawn now. (pytest-textual-snapshot would do the same, but holds pytest below 9.)
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from textual.app import App

KEPT = Path(__file__).parent / "pictures"


def picture(app: App[int]) -> str:
    """What is on the screen as SVG, without the fonts of another host, and without cutting each line where it ends."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", app.export_screenshot(title="McQueen"), flags=re.DOTALL)
    svg = re.sub(r'<clipPath id="terminal-\d+-line-\d+">.*?</clipPath>\s*', "", svg, flags=re.DOTALL)
    svg = re.sub(r' clip-path="url\(#terminal-\d+-line-\d+\)"', "", svg)
    return re.sub(r"terminal-\d+", "t", svg)


def differences(app: App[int], name: str, drawn: Path) -> list[str]:
    """Return a sentence where the screen is not the picture that is kept under that name."""
    svg, kept = picture(app), KEPT / f"{name}.svg"
    if os.environ.get("SNAPSHOTS") == "write":
        KEPT.mkdir(exist_ok=True)
        kept.write_text(svg, encoding="utf-8")
    if kept.exists() and kept.read_text(encoding="utf-8") == svg:
        return []
    now = drawn / f"{name}.svg"
    now.write_text(svg, encoding="utf-8")
    what = "has changed" if kept.exists() else "is not kept yet"
    return [f"{name} {what}; look at {now}, then SNAPSHOTS=write keeps it"]


def same_as_before(app: App[int], name: str, drawn: Path) -> None:
    """Compare with the picture that is kept under that name."""
    assert differences(app, name, drawn) == []
