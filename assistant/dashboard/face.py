"""What panes, screens and the palette need of the app, as a protocol, so that they need not import the app, which
imports them. `app.Dashboard` implements it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from textual.screen import Screen
from textual.worker import Worker

from assistant.dashboard.assistant_worker import AssistantWorker
from assistant.dashboard.feed import Feed
from assistant.dashboard.log_lines import LogLines
from assistant.dashboard.playback import Playback
from assistant.dashboard.symbols import Symbols
from assistant.policy.driving import DrivingState

if TYPE_CHECKING:
    from assistant.assembly import Live
    from assistant.dashboard.history import History
    from assistant.settings.settings import Settings
    from client.values import JSON


class Face(Protocol):
    """The dashboard's app, as its parts see it."""

    settings: Settings
    theme: Any  # textual types it as its own reactive descriptor
    symbols: Symbols
    assistant: AssistantWorker
    notes: deque[tuple[str, str]]
    """Problems so far: the time of day, and a sentence."""
    log_lines: LogLines
    playback: Playback
    feed: Feed
    driving: DrivingState
    waiting: int
    """Calls in the outbox."""
    sound: bool

    @property
    def live(self) -> Live | None:
        """The running assistant; None until it has started."""

    @property
    def history(self) -> History | None:
        """The turns so far; None before the first."""

    @property
    def screen_stack(self) -> list[Screen[Any]]:
        """The screens, the lowest first."""

    def work_on(self, work: Coroutine[Any, Any, None], name: str, *, group: str = "default") -> Worker[None]:
        """Run it in the background; a failure is shown and logged."""

    def complain(self, text: str) -> None:
        """Report a problem in one sentence."""

    def request(self, tool: str, arguments: Mapping[str, JSON]) -> None:
        """Request a tool with arguments from a form."""

    def take_theme(self, name: str) -> None:
        """Switch to that theme and store it."""

    def notify(self, message: str, *, timeout: float | None = None, markup: bool = True) -> None:
        """Show a message for a moment."""

    def push_screen(self, screen: Screen[Any]) -> Any:
        """Open a screen above the others."""

    def call_later(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Call it after all waiting messages."""

    async def run_action(self, action: str, default_namespace: Any = None) -> bool:
        """Run an action by its name."""

    def deliver_screenshot(self, filename: str | None = None, path: str | None = None) -> str | None:
        """Save a picture of the screen."""

    def action_press(self) -> None:
        """Push-to-talk."""

    def action_mute(self) -> None:
        """Switch between speaking and only showing."""

    def action_show(self, name: str) -> None:
        """Open a pane."""

    def action_type(self) -> None:
        """Focus the input line."""

    def action_pane(self, step: int) -> None:
        """Open the next or the previous pane."""

    def action_next_theme(self) -> None:
        """Switch to the next theme and store it."""

    def action_settings(self) -> None:
        """Open the settings."""

    def action_set_up(self) -> None:
        """Open the guided set-up."""

    def action_keys(self) -> None:
        """Show every key."""

    def action_vehicle(self) -> None:
        """Start or park the simulated vehicle."""

    async def action_restart(self) -> None:
        """End the assistant and open it again."""

    async def action_quit(self) -> None:
        """End the app."""
