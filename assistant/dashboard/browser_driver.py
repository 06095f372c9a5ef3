"""Textual's driver for a dashboard in a browser, which ends the program when `mcqueen web` is gone.

Textual 8.2 stops reading then and goes on without an end: after a `kill -9` of `mcqueen web`, each open page would
leave a process behind. Draws nothing.
"""

from __future__ import annotations

from textual import messages
from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """As Textual's, but the end of the input is the end of the program."""

    def run_input_thread(self) -> None:
        """Read what the browser sends until it ends, then leave."""
        super().run_input_thread()
        self._app.post_message(messages.ExitApp())
