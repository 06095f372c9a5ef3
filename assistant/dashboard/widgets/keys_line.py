"""The keys at the foot: as many as fit, whole. Every key is in the help (F1) and in the command palette."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey  # the only name that it has

PADDING = 3
"""Columns that a key takes besides its name and its description."""


class KeysLine(Footer):
    """A footer that cuts no word."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)

    def compose(self) -> ComposeResult:
        """The keys that fit, in the order of those in whose hands the keyboard is."""
        used = 0
        for widget in super().compose():
            if isinstance(widget, FooterKey):
                used += len(widget.key_display) + len(widget.description) + PADDING
                if used > self.app.size.width:
                    return
            yield widget

    async def on_resize(self, event: events.Resize) -> None:
        """See again how many fit."""
        await self.recompose()
