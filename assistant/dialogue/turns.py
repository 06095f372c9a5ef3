"""Where a turn can stand. Each has the fields that it needs and no others, so nothing has to be reset by hand.

Nothing here decides what leads from one to the next: that is the table's (docs/turn.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar

from assistant.dialogue.events import CallEnded
from client.call import Consent, NeedsInput, ToolCall
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
    unplaced: tuple[str, ...] = ()
    """Parameters that are asked for though they have a default: which one was meant was said, and not understood."""
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
    whole: bool = False
    """Whether the driver said that no more sentences belong to it, where it takes one after the other."""
    kept: str = ""
    """Id under which it is kept on the device until the vehicle is parked."""


class WayOut(StrEnum):
    """Ways out where free words cannot be taken down."""

    MESSAGES = "messages"
    KEEP = "keep"


@dataclass(frozen=True)
class Option:
    """One of the things offered: `value` fills the asked parameter, `request` replaces the request."""

    label: str
    request: Request | None = None
    value: JSON = None
    way: WayOut | None = None
    """Where it leads, if to another question."""


@dataclass(frozen=True)
class OpenQuestion:
    """What a server needs before a call can go on, and what the driver has answered so far."""

    needs: NeedsInput
    answers: Mapping[str, JSON] = field(default_factory=dict)
    call: ToolCall | None = None
    """The call that waits for the answers; it is declined as soon as the conversation leaves the question."""

    def with_answers(self, values: Mapping[str, JSON]) -> OpenQuestion:
        """Return it with further answers."""
        return replace(self, answers={**self.answers, **values})


@dataclass(frozen=True)
class Idle:
    """Nothing is going on."""

    mode: ClassVar[Mode] = Mode.IDLE


@dataclass(frozen=True)
class Listening:
    """The driver may ask for something."""

    mode: ClassVar[Mode] = Mode.LISTENING
    request: Request | None = None
    """One that did not work: it can be changed or tried again."""
    rest: tuple[str, ...] = ()
    """Further parts of a long answer."""
    offer: str = ""
    """What a yes would mean: "more", "check", or nothing."""


@dataclass(frozen=True)
class Choosing:
    """Which of several tools, kept sentences or ways out is meant?"""

    mode: ClassVar[Mode] = Mode.CHOOSING
    options: tuple[Option, ...]
    others: tuple[Option, ...] = ()
    """Further options, told three at a time when the driver asks for more."""
    request: Request | None = None
    """The one whose free words could not be taken down, if that is what the options are for."""


@dataclass(frozen=True)
class Eliciting:
    """A value of the request is asked for."""

    mode: ClassVar[Mode] = Mode.ELICITING
    request: Request
    asked: str
    """Parameter that is asked for."""
    options: tuple[Option, ...] = ()
    """Values that may be chosen, where they are few or were found."""
    others: tuple[Option, ...] = ()
    """Further ones, told three at a time when the driver asks for more."""


@dataclass(frozen=True)
class Confirming:
    """The request was read back and waits for its yes."""

    mode: ClassVar[Mode] = Mode.CONFIRMING
    request: Request
    plan: int = 0
    """How many of the waiting requests were read back together with it."""
    options: tuple[Option, ...] = ()
    """The request and those, if they are few enough that one may be chosen."""
    question: OpenQuestion | None = None
    """What the server of the call asked, if the yes also answers that."""


@dataclass(frozen=True)
class Calling:
    """The call of the request is under way."""

    mode: ClassVar[Mode] = Mode.CALLING
    request: Request
    call: ToolCall
    busy: int = 0
    """Number of the timer that watches the call."""
    progress: float | None = None
    """How far the call is, 0 to 1, where its server told."""
    held: CallEnded | None = None
    """The outcome, if it came while the driver was speaking; told when they have finished."""


@dataclass(frozen=True)
class Answering:
    """A server asked something in the middle of the request's call, and that is asked of the driver."""

    mode: ClassVar[Mode] = Mode.ANSWERING
    request: Request
    question: OpenQuestion
    asked: str = ""
    """Field of the server's form that is asked for; "" if a changed tool is to be approved."""
    options: tuple[Option, ...] = ()
    """Values that may be chosen, where they are few."""
    others: tuple[Option, ...] = ()
    """Further ones, told three at a time when the driver asks for more."""


@dataclass(frozen=True)
class Reporting:
    """Something is told."""

    mode: ClassVar[Mode] = Mode.REPORTING
    request: Request | None = None
    """One that did not work: it can be changed or tried again."""
    rest: tuple[str, ...] = ()
    """Further parts of a long answer."""
    offer: str = ""
    """What a yes would mean: "more", "check", or nothing."""


Turn = Idle | Listening | Choosing | Eliciting | Confirming | Calling | Answering | Reporting
"""Where a turn stands, with what belongs to that alone: a Confirming without a request cannot be made."""
