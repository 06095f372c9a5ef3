"""The base of all panes of a parked car. A pane shows what the runtime and the client know, and stores nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.containers import Vertical

if TYPE_CHECKING:
    from assistant.assembly import Live
    from assistant.dashboard.face import Face
    from assistant.dashboard.history import Turn


class Pane(Vertical):
    """A pane. Each method may be called at any time after it is mounted."""

    @property
    def dashboard(self) -> Face:
        """The app."""
        return cast("Face", self.app)

    @property
    def live(self) -> Live | None:
        """The running assistant; None until it has started."""
        return self.dashboard.live

    def look(self) -> None:
        """Read everything again: the pane was opened, or the car has parked."""

    def tick(self) -> None:
        """Update once a second while shown."""

    def turns_changed(self, turns: list[Turn]) -> None:
        """React to new or changed turns."""

    def noted(self) -> None:
        """React to a new problem."""

    def take_focus(self) -> None:
        """Focus the part of this pane that takes keys."""

    def say(self, text: str) -> None:
        """Show a result for a moment."""
        self.app.notify(text, timeout=8.0, markup=False)
