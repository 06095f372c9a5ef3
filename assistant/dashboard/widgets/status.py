"""Network, vehicle and sound in one line, each with a word beside its symbol (row S19)."""

from __future__ import annotations

from textual.widgets import Static

from assistant.dialogue.state import State


class Status(Static):
    """The line at the foot."""

    def show(self, state: State, *, microphone: bool, servers: str) -> None:
        """Show where things stand."""
        parts = [
            "⇄ online" if state.online else "✕ offline",
            f"{len(state.catalog)} tools",
            servers,
            f"◆ {state.driving} (simulated)",
            "● microphone" if microphone else "✎ typed",
        ]
        self.update("   ".join(part for part in parts if part))
