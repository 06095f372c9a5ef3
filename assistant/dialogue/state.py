"""All that a conversation remembers, in one immutable value.

The table has no other memory: the same state and event always give the same next state and effects.
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
    """Whether the driver's yes covered it; if so, a question that its server asks during the call needs no
    second yes.
    """


@dataclass(frozen=True)
class LastSaid:
    """What McQueen said last, and how far it was heard."""

    text: str = ""
    playing: int = 0
    """Number of the speech being played, 0 when silent."""
    heard: bool = False
    """Whether it has finished playing, so that an answer to it counts."""
    heard_at: float = 0.0
    """Wall-clock time when playback ended. A much later answer (the car slept meanwhile) does not count."""
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
    """Whether McQueen may speak unasked. Safety warnings and the ends of confirmed calls are always spoken."""


@dataclass(frozen=True)
class Backlog:
    """What to say or ask when nothing else is going on."""

    due: tuple[str, ...] = ()
    """Notices that the driver asked for and that are due now; the quiet time does not delay them."""
    notices: tuple[str, ...] = ()
    """Notices to say once the quiet time is over."""
    quiet_until: float = 0.0
    """No notices before this time while moving (row V6)."""
    stale: tuple[Request, ...] = ()
    """Confirmed calls that waited too long for the network; the driver is asked again."""
    when_parked: tuple[str, ...] = ()
    """What was postponed until the vehicle is parked."""
    unworded: tuple[Request, ...] = ()
    """Requests saved on the device without their message text; the driver is asked once the vehicle parks."""
    owed: tuple[Request, ...] = ()
    """The saved requests to ask about now."""
    unfinished: tuple[Request, ...] = ()
    """The request that was open when McQueen ended, kept until its tool is known or another turn was closed. Once it is
    offered, the requests that waited behind it."""

    def with_due(self, text: str) -> Backlog:
        """Return the backlog with one more notice that the driver asked for."""
        return replace(self, due=(*self.due, text))

    def with_notices(self, *texts: str) -> Backlog:
        """Return the backlog with one more notice."""
        return replace(self, notices=(*self.notices, *texts))


@dataclass(frozen=True)
class Memory:
    """What the conversation remembers from earlier turns."""

    past: PastCall | None = None
    done: PastCall | None = None
    """The last call that may have changed something, even if look-ups followed it."""
    results: tuple[Item, ...] = ()
    """The items of the last answer that was a list, for "the second one" and "the cheaper one"."""
    facts: KnownFacts = field(default_factory=KnownFacts)
    """Results of read-only tools, from which arguments can be filled without asking."""
    shown: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """How tools want values written, taken from their refusals: examples and formats, by qualified tool name and
    parameter."""
    laid_aside: Request | None = None
    """The request that was offered again without success; "go back" takes it up."""
    turned_down: Request | None = None
    """The last request with message text that the driver rejected at its read-back."""
    messages: tuple[str, ...] = ()
    """Message texts to offer, likeliest first, from the last understanding."""
    sent: tuple[str, ...] = ()
    """Message texts that were sent in this conversation, newest first."""


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
    """Offset of the vehicle's clock from UTC in seconds, positive to the east, for wording dates."""
    language: str = "en"
    """Code of the spoken language."""
    counter: int = 0
    """Numbers speeches, calls, consents and timers."""

    waiting: tuple[Request, ...] = ()
    """Further requests from the same sentence, and requests set aside, in the order in which they come up."""
    earlier: tuple[Request, ...] = ()
    """Earlier versions of the current request, for "go back"."""
    tries: int = 0
    """Failed answers to the pending question: those not understood plus silences."""

    listening: bool = False
    follow_up: bool = False
    """Whether the microphone is open only because the driver may go on; silence then closes the turn without a word."""
    said: LastSaid = LastSaid()
    speaker: SpeakerSettings = SpeakerSettings()
    backlog: Backlog = Backlog()
    memory: Memory = Memory()

    def silenced(self) -> State:
        """Return the state with no speech being played."""
        return replace(self, said=replace(self.said, playing=0))

    def for_another_subject(self) -> State:
        """Return the state without the earlier versions of the current request and its failed tries."""
        return replace(self, earlier=(), tries=0)

    def with_request(self, request: Request) -> State:
        """Return the state with a new version of the current request; while idle there is none."""
        return self if isinstance(self.turn, Idle) else replace(self, turn=replace(self.turn, request=request))

    def still_listening(self) -> Listening:
        """Return a Listening turn in which the driver can still change or continue the last report."""
        return Listening(self.request, self.rest, self.offer)

    def still_reporting(self) -> Reporting:
        """Return a Reporting turn in which the driver can still change or continue the last report."""
        return Reporting(self.request, self.rest, self.offer)

    def without_offer(self) -> State:
        """Return the state without an offer and without the rest of a long answer."""
        if not isinstance(self.turn, Listening | Reporting):
            return self
        return replace(self, turn=replace(self.turn, rest=(), offer=""))

    # The fields of the present turn, or an empty value if the turn lacks the field.

    @property
    def mode(self) -> Mode:
        """The kind of the present turn."""
        return self.turn.mode

    @property
    def request(self) -> Request | None:
        """The current request: what the driver wants."""
        return None if isinstance(self.turn, Idle) else self.turn.request

    @property
    def asked(self) -> str:
        """The parameter, or the field of a server's form, that is being asked for; "" if none."""
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
        """The server's question, while the driver answers it and while their answers are read back."""
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
