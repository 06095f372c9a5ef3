"""The line for typing instead of speaking. On the empty line, space means push-to-talk."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input


class Line(Input):
    """A line of text, shown only when typing is allowed."""

    class Pressed(Message):
        """Space on the empty line: push-to-talk."""

    class Upwards(Message):
        """The up key: move to the turns above."""

    def __init__(self) -> None:
        super().__init__(
            placeholder="Type what you would say; space on an empty line talks; Esc for keys", id="line", compact=True
        )

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "space" and not self.value:
            event.prevent_default().stop()
            self.post_message(self.Pressed())
            return
        if event.key == "up":
            event.prevent_default().stop()
            self.post_message(self.Upwards())
            return
        if event.key == "escape":
            event.prevent_default().stop()
            self.screen.set_focus(None)
            return
        await super()._on_key(event)
