"""A conversation with the bare table: say something, see what it wants done. No I/O, so no fakes either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.dialogue.events import CallEnded, CatalogChanged, Event, Heard, NothingHeard, PushToTalk, SpeechEnded
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.dialogue.table_effects import Call, Effect, Listen, Purpose, Say
from assistant.dialogue.turns import (
    Answering,
    Calling,
    Choosing,
    Confirming,
    Eliciting,
    Idle,
    Listening,
    Mode,
    OpenQuestion,
    Option,
    Reporting,
    Request,
    Turn,
)
from assistant.understanding.reading import Control, Interpretation, Reading
from client.call import CallError, Need, NeedsInput, Outcome, Sent, Succeeded, ToolCall, Unknown
from client.catalog import Catalog, Hints, Tool
from client.values import JSON

NOW = 1_795_255_200.0
"""2026-11-21 10:00 UTC."""

BOOK = Tool(
    "town",
    "book_table",
    "Book a table at a restaurant",
    "Book a table",
    {
        "type": "object",
        "properties": {
            "restaurant": {"type": "string"},
            "date": {"type": "string", "format": "date"},
            "time": {"type": "string", "format": "time"},
            "party_size": {"type": "integer"},
        },
        "required": ["restaurant", "date", "time", "party_size"],
    },
    hints=Hints(read_only=False, destructive=False, idempotent=False, open_world=True),
    trusted=True,
    inverse={"tool": "cancel_table", "arguments": {"booking": "$result.booking"}},
    place="a server in town",
)
CANCEL = Tool(
    "town", "cancel_table", "Cancel a booking", "Cancel a booking",
    {"type": "object", "properties": {"booking": {"type": "string"}}, "required": ["booking"]},
    hints=Hints(read_only=False, destructive=True), trusted=True,
)  # fmt: skip
WEATHER = Tool(
    "town", "get_weather", "Get the weather for a place", "Weather",
    {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}, hints=Hints(read_only=True),
    trusted=True,
)  # fmt: skip
BOOKINGS = Tool(
    "town",
    "list_tables",
    "List booked tables",
    "Booked tables",
    {"type": "object"},
    hints=Hints(read_only=True),
    trusted=True,
)
CATALOG = Catalog((BOOK, CANCEL, WEATHER, BOOKINGS))

DINNER: Mapping[str, JSON] = {"restaurant": "Luigi's", "date": "2026-11-22", "time": "19:00:00", "party_size": 4}


BOOKING = Request(BOOK.qualified, DINNER)
CHANGED_TOOL = OpenQuestion(NeedsInput(Need.APPROVAL, CallError("tool_changed", "It changed")))
_TURNS: tuple[Turn, ...] = (
    Idle(),
    Listening(),
    Choosing((Option("Book a table", BOOKING), Option("Weather", Request(WEATHER.qualified)))),
    Eliciting(BOOKING, "restaurant"),
    Confirming(BOOKING),
    Calling(BOOKING, ToolCall("c1", BOOK.server, BOOK.name, DINNER, "key")),
    Answering(BOOKING, CHANGED_TOOL),
    Reporting(),
)
TURNS: Mapping[Mode, Turn] = {turn.mode: turn for turn in _TURNS}
"""A turn that stands there, for each mode."""


def wants(tool: Tool, arguments: Mapping[str, JSON] | None = None, score: float = 0.9) -> Reading:
    """A reading that asks for a tool."""
    given = dict(arguments or {})
    missing = tuple(name for name in tool.required if name not in given)
    return Reading(interpretations=(Interpretation(tool.qualified, given, missing, score),))


def word(control: Control) -> Reading:
    """A reading of a control word."""
    return Reading(control=control)


class Conversation:
    """Feeds events and keeps what came of them."""

    def __init__(self, catalog: Catalog = CATALOG) -> None:
        self.at = NOW
        self.state = State("test")
        self.effects: tuple[Effect, ...] = ()
        self.all: list[Effect] = []
        self.send(CatalogChanged(NOW, catalog))

    def send(self, event: Event) -> tuple[Effect, ...]:
        """Feed an event, one second later."""
        self.at += 1
        self.state, self.effects = step(self.state, replace(event, at=self.at))
        self.all.extend(self.effects)
        return self.effects

    def hear(self, reading: Reading) -> None:
        """The driver says something."""
        self.send(Heard(0, reading))

    def press(self) -> None:
        """The driver presses the key."""
        self.send(PushToTalk(0))

    def silence(self) -> None:
        """Nobody speaks."""
        self.send(NothingHeard(0))

    def played(self) -> None:
        """What is being said is heard to its end."""
        self.send(SpeechEnded(0, self.state.said.playing))

    def end_call(self, outcome: Outcome) -> None:
        """The call under way comes to this."""
        assert self.state.memory.past is not None
        self.send(CallEnded(0, self.state.memory.past.call.call_id, outcome))

    @property
    def mode(self) -> Mode:
        """Where it stands."""
        return self.state.mode

    @property
    def said(self) -> str:
        """The last thing said."""
        texts = [effect.text for effect in self.all if isinstance(effect, Say)]
        return texts[-1] if texts else ""

    @property
    def calls(self) -> list[Call]:
        """Every call so far."""
        return [effect for effect in self.all if isinstance(effect, Call)]

    @property
    def listens(self) -> bool:
        """Whether the last step opened the microphone."""
        return any(isinstance(effect, Listen) for effect in self.effects)

    @property
    def read_backs(self) -> list[str]:
        """Every read-back so far."""
        return [effect.text for effect in self.all if isinstance(effect, Say) and effect.purpose is Purpose.READ_BACK]


def asked_to_confirm() -> Conversation:
    """A dinner that has been read back to its end."""
    conversation = Conversation()
    conversation.hear(wants(BOOK, DINNER))
    conversation.played()
    return conversation


BOOKED = Succeeded({"booking": "B1", "summary": "Your table is booked."})
LOST = Unknown(CallError("answer_lost", "The answer was lost.", Sent.MAYBE))
