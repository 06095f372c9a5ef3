"""Says where an answer comes from: its age, and the server that answered in place of the tool's own."""

from __future__ import annotations

from assistant.wording.languages import wording
from assistant.wording.spoken_values import label
from client.catalog import Tool


def with_age(text: str, age: float | None) -> str:
    """Return the text after the age of a cached answer."""
    if age is None:
        return text
    minutes = round(age / 60)
    if minutes < 1:
        return wording().text("told", "moment_ago", text=text)
    if minutes < 90:
        return wording().text("told", "minute_ago" if minutes == 1 else "minutes_ago", count=minutes, text=text)
    return wording().text("told", "hours_ago", count=round(minutes / 60), text=text)


def from_elsewhere(text: str, tool: Tool, served_by: str) -> str:
    """Return the text after the name of the server that answered in place of the tool's own, if another did."""
    if served_by in ("", tool.server):
        return text
    return wording().text("told", "from_elsewhere", server=label(served_by), text=text)
