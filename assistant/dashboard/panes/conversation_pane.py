"""What was said, heard, understood, asked, called and answered. Shown only when parked: a transcript (row S22)."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from assistant.dashboard.history import Turn
from assistant.dashboard.panes.pane_base import Pane
from assistant.dashboard.widgets.line import Line
from assistant.dashboard.widgets.rows import told
from assistant.dashboard.widgets.turn_view import TurnView

MOST_SHOWN = 30
"""Turns on the screen: more would cost every one after them."""


class ConversationPane(Pane):
    """The turns, newest last."""

    def compose(self) -> ComposeResult:
        """Complaints above, turns below."""
        yield Static("", id="notes", classes="wrong", markup=False)
        with VerticalScroll(id="turns", can_focus=False):
            yield Static("Nothing was said yet. Try: what's the weather in Mannheim", id="no-turns", markup=False)

    def look(self) -> None:
        """Show the newest turns and the last complaints."""
        self.noted()
        history = self.dashboard.history
        if history is not None:
            self.turns_changed(list(history)[-MOST_SHOWN:])

    def turns_changed(self, turns: list[Turn]) -> None:
        """Bring these turns up to date; new ones come at the end, old ones go."""
        if not turns:
            return
        place = self.query_one("#turns", VerticalScroll)
        self.query("#no-turns").remove()
        shown = {view.turn.number: view for view in place.query(TurnView)}
        new = []
        for turn in turns[-MOST_SHOWN:]:
            if turn.number in shown:
                shown[turn.number].show()
            else:
                new.append(TurnView(turn, self.dashboard.symbols))
        if new:
            place.mount(*new)
            for number in sorted(shown)[: max(0, len(shown) + len(new) - MOST_SHOWN)]:
                shown[number].remove()
        place.scroll_end(animate=False)

    def noted(self) -> None:
        """Show the last complaints."""
        lines = [part for at, text in list(self.dashboard.notes)[-2:] for part in told(f"{at} {text}")]
        notes = self.query_one("#notes", Static)
        notes.display = bool(lines)
        notes.update("\n".join(lines))

    def take_focus(self) -> None:
        """Typing goes to the line."""
        self.screen.query_one(Line).focus()

    def on_turn_view_replay(self, message: TurnView.Replay) -> None:
        """Play the driver's words of a turn again, if their sound was recorded."""
        message.stop()
        if message.turn.sound is None:
            self.say("Sound is not kept; switch it on in the Voice screen, for this run only")
            return
        self.dashboard.work_on(self._play(message.turn), "playback", group="playback")

    async def _play(self, turn: Turn) -> None:
        from voice.voice_errors import VoiceError

        assert turn.sound is not None
        try:
            await self.dashboard.playback.play(turn.sound, self.dashboard.settings.voice.speaker)
        except VoiceError as error:
            self.say(str(error))
