"""The facts of the road while driving: speed and next stop. Nothing ever covers them (row S21)."""

from __future__ import annotations

from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from assistant.dashboard.letters import large, width
from assistant.dashboard.symbols import UNICODE, Symbols


class SpeedAndStop(Widget):
    """The speed in large figures on the left, the next stop on the right."""

    speed: reactive[int] = reactive(0)
    following: reactive[str] = reactive("")

    def __init__(self, symbols: Symbols = UNICODE) -> None:
        super().__init__()
        self._symbols = symbols

    def show(self, speed: float, following: str) -> None:
        """Show the speed in km/h and the next stop, empty if unknown."""
        self.speed = round(speed)
        self.following = following[:24]

    def render(self) -> RenderResult:
        """Return the rows: three if large figures fit."""
        columns, height = self.content_size.width, self.content_size.height
        onward = f"{self._symbols.turn} {self.following}" if self.following else ""
        figures = str(self.speed)
        rows = large(figures, columns // 2, height, blocks=self._symbols.block)
        if not rows:
            return f"{figures} km/h   {onward}".rstrip()
        wide = width(figures)
        left = [f"{row:<{wide}}" for row in rows]
        left[-1] += " km/h"
        left[0] += onward.rjust(columns - wide)
        return "\n".join(left)
