"""Rows of a label and a text; the text wraps beside its label, never below it. Knows nothing of the contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

GAP = 2
"""Columns between label and text."""
UNKNOWN_WIDTH = 80
"""Columns assumed until the first layout."""


LONGEST = 120
"""Most characters of one text (row S7)."""


def told(text: str) -> list[str]:
    """Return a message in short parts: what happened, then what to do."""
    return [part if len(part) <= LONGEST else part[: LONGEST - 3] + "..." for part in text.split("; ")]


@dataclass(frozen=True)
class Row:
    """A row. A label alone is a heading; a text alone takes the whole width; an empty row is a gap."""

    label: str = ""
    text: str | Content = ""
    style: str = "$accent"
    """The label's style."""

    @property
    def content(self) -> Content:
        """The text with its styles."""
        return self.text if isinstance(self.text, Content) else Content(self.text)


def wrapped(rows: Sequence[Row], width: int, column: int | None = None) -> list[Content]:
    """Return the lines of the rows at that width.

    Texts begin at `column`, or else after the longest label between two headings.
    """
    lines: list[Content] = []
    begins = column or 0
    for number, row in enumerate(rows):
        if column is None and (number == 0 or _heads(row)):
            begins = _column(rows[number:], width)
        if not row.text:
            lines += Content.styled(row.label, f"bold {row.style}").wrap(max(1, width)) if row.label else [Content("")]
        elif not row.label:
            lines += row.content.wrap(max(1, width))
        else:
            label = Content.styled(row.label.ljust(begins), row.style)
            for part in row.content.wrap(max(1, width - begins)):
                lines.append(Content("").join([label, part]))
                label = Content(" " * begins)
    return lines


def _heads(row: Row) -> bool:
    return bool(row.label) and not row.text


def _column(rows: Sequence[Row], width: int) -> int:
    """Return the column at which texts begin, up to the next heading."""
    longest = 0
    for number, row in enumerate(rows):
        if number and _heads(row):
            break
        longest = max(longest, len(row.label) if row.text else 0)
    return min(longest + GAP, max(1, width // 2))


class Rows(Static):
    """The rows, as high as their contents."""

    def __init__(self, *, id: str) -> None:  # Textual's own name
        super().__init__(markup=False, id=id)
        self._rows: tuple[Row, ...] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows if they differ from the present ones."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines at that width."""
        return len(wrapped(self._rows, width))

    def render(self) -> Content:
        """Return the lines."""
        return Content("\n").join(wrapped(self._rows, self.content_size.width or UNKNOWN_WIDTH))
