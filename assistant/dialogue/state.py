"""All that a conversation remembers, in one immutable value.

Nothing is kept elsewhere: the same state and event always give the same next state and effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from assistant.dialogue.events import CallEnded
from assistant.policy.driving import DrivingState
from assistant.policy.results import Item
from assistant.understanding.planning import KnownFacts
from client.call import Consent, NeedsInput, Outcome, ToolCall
from client.catalog import Catalog
from client.values import JSON


class Mode(StrEnum):
    """Where a turn stands (docs/design.md)."""

    IDLE = "idle"
    LISTENING = "listening"
    CHOOSING = "choosing"
    ELICITING = "eliciting"
    CONFIRMING = "confirming"
    CALLING = "calling"
    ANSWERING = "answering"
    REPORTING = "reporting"


@dataclass(frozen=True)
class Request:
    """What the driver wants: a tool and what is known of its arguments."""

    tool: str
    """Qualified name."""
    arguments: Mapping[str, JSON] = field(default_factory=dict)
    call_id: str = ""
    """Set when the call is first made, and kept for every later attempt at the same call."""
    parked: bool = False
    """Whether it was put aside for another subject and is to be offered again."""
    offered: bool = False
    """Whether it was put aside and has been offered again: put aside once more it comes back only on asking."""
    alone: bool = False
    """Whether the driver wants it read back by itself."""
    consent: Consent | None = None
    """The yes to a plan of several, until this one's turn comes; any change takes it away."""
    goal: Request | None = None
    """The request that this one is looked up for; it goes on where this one succeeds."""
    given: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    """What the driver said for look-ups on the way, by qualified name."""
    named: Mapping[str, str] = field(default_factory=dict)
    """What people call the things that arguments stand for ("Rahul Sharma" for C-1001), by parameter."""
    ask: str = ""
    """The parameter that the plan asks for next; "" for the first one missing."""
    failures: int = 0
    """Times that this look-up failed."""
    respelled: bool = False
    """Whether its values were written in another way after a refusal; it happens once."""
    dictated: bool = False
    """Whether its free words were taken down by a recognizer, so that they may be wrong."""
    missed: int = 0
    """Times that its free words were not got, or were turned down as they had been got."""
    sentence: str = ""
    """A kept sentence whose blank is asked for, in place of the free words."""
    doubt: str = ""
    """Why a yes to it counts no more, as a sentence that is said before it is read back again."""
    routine: str = ""
    """Name of the routine that it is a step of, or empty; its steps are read back together, whether they act or not."""
    kept: str = ""
    """Id under which it is kept on the device until the vehicle is parked."""


class Way(StrEnum):
    """Ways out where free words cannot be taken down."""

    MESSAGES = "messages"
    KEEP = "keep"


@dataclass(frozen=True)
class Option:
    """One of the things offered: `value` fills the asked parameter, `request` replaces the request."""

    label: str
    request: Request | None = None
    value: JSON = None
    way: Way | None = None
    """Where it leads, if to another question."""


@dataclass(frozen=True)
class PastCall:
    """The last call that was made, for "undo that" and "what did you do?"."""

    call: ToolCall
    outcome: Outcome | None = None
    agreed: bool = False
    """Whether the driver's yes covered it: what its server asks in its course needs no second one."""


@dataclass(frozen=True)
class OpenQuestion:
    """What a server needs before a call can go on, and what the driver has answered so far."""

    needs: NeedsInput
    answers: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True)
class LastSaid:
    """What McQueen said last, and how far it was heard."""

    text: str = ""
    playing: int = 0
    """Number of the speech being played, 0 when silent."""
    heard: bool = False
    """Whether it has finished playing, so that an answer to it counts."""
    heard_at: float = 0.0
    """When that was; an answer much later (the car slept meanwhile) is no answer to it."""
    reading_back: bool = False
    """Whether the speech being played is the read-back of the request in hand."""
    read_back_heard: bool = False
    """Whether that read-back has been played to its end; only then can a yes be a consent."""


@dataclass(frozen=True)
class SpeakerSettings:
    """How McQueen speaks, as the driver asked for it."""

    pace: float = 1.0
    """How fast it speaks, against the rate in the settings."""
    loudness: float = 1.0
    """How loud it speaks, against the volume in the settings."""
    announces: bool = True
    """Whether McQueen may speak up unasked; safety and what was confirmed before are always told."""


@dataclass(frozen=True)
class Backlog:
    """What is to be told or asked when nothing else is going on."""

    due: tuple[str, ...] = ()
    """What the driver asked to be told and what is now to be told; no quiet time keeps it back."""
    notices: tuple[str, ...] = ()
    """What is to be told once the quiet time is over."""
    quiet_until: float = 0.0
    """No notices before this time while moving (row V6)."""
    stale: tuple[Request, ...] = ()
    """Confirmed calls that waited too long for the network: asked about again."""
    when_parked: tuple[str, ...] = ()
    """What was put off until the vehicle is parked."""
    unworded: tuple[Request, ...] = ()
    """Requests kept on the device because their words could not be taken down; asked about once the vehicle parks."""
    owed: tuple[Request, ...] = ()
    """Of those, the ones that are to be asked about now."""

    def with_due(self, text: str) -> Backlog:
        """Return it with something more that the driver asked to be told."""
        return replace(self, due=(*self.due, text))

    def with_notices(self, *texts: str) -> Backlog:
        """Return it with something more to be told."""
        return replace(self, notices=(*self.notices, *texts))


@dataclass(frozen=True)
class Memory:
    """What earlier turns of the conversation left behind."""

    past: PastCall | None = None
    done: PastCall | None = None
    """The last call that may have changed something, whatever was looked up since."""
    results: tuple[Item, ...] = ()
    """What the last answer with a list in it listed, for "the second one" and "the cheaper one"."""
    facts: KnownFacts = field(default_factory=KnownFacts)
    """What tools that only look have returned, for arguments that need not be asked."""
    shown: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """How tools want values written: examples and formats of their refusals, by parameter, by qualified name."""
    laid_aside: Request | None = None
    """What was offered again in vain; "go back" takes it up."""
    turned_down: Request | None = None
    """The last request with free words that was turned down at its read-back."""
    messages: tuple[str, ...] = ()
    """What to offer for free words, likeliest first, as understanding said last."""
    sent: tuple[str, ...] = ()
    """Free words that were sent in this conversation, newest first."""


@dataclass(frozen=True)
class State:
    """One conversation."""

    conversation: str
    """Unique prefix of the ids that the table mints."""
    mode: Mode = Mode.IDLE
    catalog: Catalog = field(default_factory=Catalog)
    driving: DrivingState = DrivingState.PARKED
    online: bool = True
    utc_offset: float = 0.0
    """Seconds east of UTC of the vehicle's clock, for wording dates."""
    language: str = "en"
    """Code of the language that is spoken."""
    counter: int = 0
    """Numbers speeches, calls, consents and timers."""

    request: Request | None = None
    waiting: tuple[Request, ...] = ()
    """Further requests of the same sentence, and parked ones, in the order they will be taken up."""
    earlier: tuple[Request, ...] = ()
    """Forms of the request in hand before its last changes, for "go back"."""
    asked: str = ""
    """Parameter asked for while eliciting or answering."""
    options: tuple[Option, ...] = ()
    others: tuple[Option, ...] = ()
    """Further options, told three at a time when the driver asks for more."""
    plan: int = 0
    """How many of the waiting requests were read back together with the one in hand."""
    server_asks: OpenQuestion | None = None
    """What a server asks, while it is answered and while the answers are read back."""
    open_call: ToolCall | None = None
    """The call whose server waits for an answer; it is declined as soon as the conversation leaves the question."""
    tries: int = 0
    """Failed tries for the pending question: not understood and silent together."""
    rest: tuple[str, ...] = ()
    """Further parts of a long answer."""
    offer: str = ""
    """What a yes would mean while reporting: "more", "check", or nothing."""
    progress: float | None = None
    """How far the call under way is, 0 to 1, where its server told."""
    busy: int = 0
    """Number of the timer that watches the call under way."""
    held: CallEnded | None = None
    """An outcome that came while the driver was speaking; told when they have finished."""

    listening: bool = False
    follow_up: bool = False
    """Whether the microphone is open only in case the driver goes on; silence then closes the turn without a word."""
    said: LastSaid = LastSaid()
    speaker: SpeakerSettings = SpeakerSettings()
    backlog: Backlog = Backlog()
    memory: Memory = Memory()

    def silenced(self) -> State:
        """Return it with nothing being played."""
        return replace(self, said=replace(self.said, playing=0))

    def without_question(self) -> State:
        """Return it with nothing asked, offered or half answered, and no long answer to go on with."""
        return replace(
            self,
            earlier=(),
            asked="",
            options=(),
            others=(),
            plan=0,
            server_asks=None,
            tries=0,
            rest=(),
            offer="",
        )

    def with_answers(self, values: Mapping[str, JSON]) -> State:
        """Return it with further answers to the server's question, if it asks one."""
        asks = self.server_asks
        if asks is None:
            return self
        return replace(self, server_asks=replace(asks, answers={**asks.answers, **values}))

    @property
    def offers_ways_out(self) -> bool:
        """Whether the options lead to another question, because free words could not be taken down."""
        return any(option.way is not None for option in self.options)
