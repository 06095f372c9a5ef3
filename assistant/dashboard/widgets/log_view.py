"""The end of a log. It takes all lines at once, so that a flood of lines costs one drawing per second."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets import Log

LONGEST = 200
MOST_LINES = 200


class LogView(Log):
    """The lines, newest last."""

    def __init__(self, *, id: str) -> None:  # Textual's own name
        super().__init__(highlight=False, max_lines=MOST_LINES, auto_scroll=True, id=id)
        self._shown: tuple[str, ...] = ()
        self.border_title = "log"

    def show(self, lines: Sequence[str], title: str) -> None:
        """Show these lines if they differ from the present ones."""
        wanted = tuple("".join(c if c.isprintable() else " " for c in line[:LONGEST]) for line in lines[-MOST_LINES:])
        self.border_title = title if wanted else f"{title}: nothing yet"
        if wanted == self._shown:
            return
        self._shown = wanted
        self.clear()
        self.write_lines(wanted)
