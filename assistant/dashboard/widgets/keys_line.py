"""The keys at the bottom: as many as fit, never cut. The help (F1) and the command palette list all."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey  # the only name that it has

PADDING = 3
"""Columns of a key besides its name and description."""


class KeysLine(Footer):
    """A footer that never cuts a word."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)

    def compose(self) -> ComposeResult:
        """The keys that fit; those of the focused widget first."""
        used = 0
        for widget in super().compose():
            if isinstance(widget, FooterKey):
                used += len(widget.key_display) + len(widget.description) + PADDING
                if used > self.app.size.width:
                    return
            yield widget

    async def on_resize(self, event: events.Resize) -> None:
        """Count again how many keys fit."""
        await self.recompose()
