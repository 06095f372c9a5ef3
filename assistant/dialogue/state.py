"""All that a conversation remembers, in one immutable value.

Nothing is kept elsewhere: the same state and event always give the same next state and effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assistant.dialogue.turns import (
    Answering,
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
from assistant.policy.driving import DrivingState
from assistant.policy.results import Item
from assistant.understanding.planning import KnownFacts
from client.call import Outcome, ToolCall
from client.catalog import Catalog


@dataclass(frozen=True)
class PastCall:
    """The last call that was made, for "undo that" and "what did you do?"."""

    call: ToolCall
    outcome: Outcome | None = None
    agreed: bool = False
    """Whether the driver's yes covered it: what its server asks in its course needs no second one."""


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
    unfinished: tuple[Request, ...] = ()
    """What was asked about when McQueen ended, until its tool is there or another turn was closed; once it is offered,
    what was to follow it."""

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
    turn: Turn = field(default_factory=Idle)
    catalog: Catalog = field(default_factory=Catalog)
    driving: DrivingState = DrivingState.PARKED
    online: bool = True
    utc_offset: float = 0.0
    """Seconds east of UTC of the vehicle's clock, for wording dates."""
    language: str = "en"
    """Code of the language that is spoken."""
    counter: int = 0
    """Numbers speeches, calls, consents and timers."""

    waiting: tuple[Request, ...] = ()
    """Further requests of the same sentence, and parked ones, in the order they will be taken up."""
    earlier: tuple[Request, ...] = ()
    """Forms of the request in hand before its last changes, for "go back"."""
    tries: int = 0
    """Failed tries for the pending question: not understood and silent together."""

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

    def for_another_subject(self) -> State:
        """Return it without what belongs to the request in hand: its earlier forms and the failed tries."""
        return replace(self, earlier=(), tries=0)

    def with_request(self, request: Request) -> State:
        """Return it with the request in hand changed; while idle there is none to change."""
        return self if isinstance(self.turn, Idle) else replace(self, turn=replace(self.turn, request=request))

    def still_listening(self) -> Listening:
        """Return a Listening in which what was told before can still be changed or gone on with."""
        return Listening(self.request, self.rest, self.offer)

    def still_reporting(self) -> Reporting:
        """Return a Reporting in which what was told before can still be changed or gone on with."""
        return Reporting(self.request, self.rest, self.offer)

    def without_offer(self) -> State:
        """Return it with nothing offered, and no long answer to go on with."""
        if not isinstance(self.turn, Listening | Reporting):
            return self
        return replace(self, turn=replace(self.turn, rest=(), offer=""))

    # What the turn has, where it has it.

    @property
    def mode(self) -> Mode:
        """Where the turn stands."""
        return self.turn.mode

    @property
    def request(self) -> Request | None:
        """What the driver wants: the request in hand."""
        return None if isinstance(self.turn, Idle) else self.turn.request

    @property
    def asked(self) -> str:
        """Parameter, or field of a server's form, that is asked for; "" if none is."""
        return self.turn.asked if isinstance(self.turn, Eliciting | Answering) else ""

    @property
    def options(self) -> tuple[Option, ...]:
        """The options that the driver may choose from."""
        return self.turn.options if isinstance(self.turn, Choosing | Eliciting | Confirming | Answering) else ()

    @property
    def others(self) -> tuple[Option, ...]:
        """Further options, which the driver has not heard yet."""
        return self.turn.others if isinstance(self.turn, Choosing | Eliciting | Answering) else ()

    @property
    def plan(self) -> int:
        """How many of the waiting requests were read back together with the one in hand."""
        return self.turn.plan if isinstance(self.turn, Confirming) else 0

    @property
    def question(self) -> OpenQuestion | None:
        """The server's question, while the driver answers it and while the answers are read back."""
        return self.turn.question if isinstance(self.turn, Confirming | Answering) else None

    @property
    def rest(self) -> tuple[str, ...]:
        """Further parts of a long answer."""
        return self.turn.rest if isinstance(self.turn, Listening | Reporting) else ()

    @property
    def offer(self) -> str:
        """What a yes would mean beside a question: "more", "check", or nothing."""
        return self.turn.offer if isinstance(self.turn, Listening | Reporting) else ""

    @property
    def offers_ways_out(self) -> bool:
        """Whether the options lead to another question, because free words could not be taken down."""
        return any(option.way is not None for option in self.options)
