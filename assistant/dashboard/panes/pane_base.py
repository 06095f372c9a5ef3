"""What every screen of a parked car can be told.

A screen shows what the runtime and the client know, and keeps nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.containers import Vertical

if TYPE_CHECKING:
    from assistant.assembly import Live
    from assistant.dashboard.face import Face
    from assistant.dashboard.history import Turn


class Pane(Vertical):
    """A screen. Each of these may be called at any time once it is mounted."""

    @property
    def dashboard(self) -> Face:
        """The app."""
        return cast("Face", self.app)

    @property
    def live(self) -> Live | None:
        """The running assistant; None until it has started."""
        return self.dashboard.live

    def look(self) -> None:
        """Look at everything anew: the screen is shown, or the car has parked."""

    def tick(self) -> None:
        """A second has passed while it is shown."""

    def turns_changed(self, turns: list[Turn]) -> None:
        """Turns began or went on."""

    def noted(self) -> None:
        """There is a new complaint."""

    def take_focus(self) -> None:
        """Put the keyboard where it is used here."""

    def say(self, text: str) -> None:
        """Tell a result for a moment."""
        self.app.notify(text, timeout=8.0, markup=False)
