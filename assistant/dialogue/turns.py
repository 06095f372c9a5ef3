"""The kinds of turn. Each has only the fields that it needs, so that no field has to be reset by hand.

Which turn follows which is decided by the table, not here (docs/turn.md).
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
    """The name of each kind of turn (docs/design.md)."""

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
    """What the driver wants: a tool, and the arguments that are known so far."""

    tool: str
    """Qualified name."""
    arguments: Mapping[str, JSON] = field(default_factory=dict)
    call_id: str = ""
    """Set when the call is first made; every later attempt at the same call keeps it."""
    parked: bool = False
    """Whether it was set aside for another subject and will be offered again."""
    offered: bool = False
    """Whether it was set aside and offered again already. If it is set aside once more, it comes back only if the
    driver asks."""
    alone: bool = False
    """Whether the driver wants it read back separately."""
    consent: Consent | None = None
    """The yes to a plan of several requests, until this request is called. Any change removes it."""
    goal: Request | None = None
    """The request that needs this look-up; it continues when the look-up succeeds."""
    given: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    """Values that the driver gave for further look-ups, by qualified name."""
    named: Mapping[str, str] = field(default_factory=dict)
    """What people call the things that the arguments stand for ("Rahul Sharma" for C-1001), by parameter."""
    ask: str = ""
    """The parameter to ask for next, according to the plan; "" for the first missing one."""
    unplaced: tuple[str, ...] = ()
    """Parameters to ask for although they have a default: the driver named a value that was not understood."""
    failures: int = 0
    """How often this look-up has failed."""
    respelled: bool = False
    """Whether its values were spelled differently after a refusal; this happens once."""
    dictated: bool = False
    """Whether its message text comes from a recognizer and may therefore be wrong."""
    missed: int = 0
    """How often its message text was not recognized, or was rejected at the read-back."""
    sentence: str = ""
    """A saved sentence with a blank that is being asked for; it replaces the message text."""
    doubt: str = ""
    """Why its yes no longer counts, as a sentence to say before the next read-back."""
    routine: str = ""
    """Name of the routine that it belongs to, or empty. The steps of a routine are read back together, read-only ones
    too."""
    whole: bool = False
    """For a tool that takes one sentence after another: whether the driver said that there are no more."""
    kept: str = ""
    """Id under which it is saved on the device until the vehicle is parked."""


class WayOut(StrEnum):
    """The alternatives offered if message text cannot be recognized."""

    MESSAGES = "messages"
    KEEP = "keep"


@dataclass(frozen=True)
class Option:
    """One option of a question: `value` fills the asked parameter, or `request` replaces the request."""

    label: str
    request: Request | None = None
    value: JSON = None
    way: WayOut | None = None
    """Set if choosing this option starts another question."""


@dataclass(frozen=True)
class OpenQuestion:
    """What a server needs before a call can continue, and the driver's answers so far."""

    needs: NeedsInput
    answers: Mapping[str, JSON] = field(default_factory=dict)
    call: ToolCall | None = None
    """The call that waits for the answers. It is declined as soon as the conversation leaves the question."""

    def with_answers(self, values: Mapping[str, JSON]) -> OpenQuestion:
        """Return the question with further answers."""
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
    """A request that failed: it can be changed or tried again."""
    rest: tuple[str, ...] = ()
    """Further parts of a long answer."""
    offer: str = ""
    """What a yes would mean: "more", "check", or nothing."""


@dataclass(frozen=True)
class Choosing:
    """The driver chooses a tool, a saved sentence or an alternative."""

    mode: ClassVar[Mode] = Mode.CHOOSING
    options: tuple[Option, ...]
    others: tuple[Option, ...] = ()
    """Further options, three at a time if the driver asks for more."""
    request: Request | None = None
    """If the options are alternatives to a message text: the request that lacks it."""


@dataclass(frozen=True)
class Eliciting:
    """The driver is asked for one value of the request."""

    mode: ClassVar[Mode] = Mode.ELICITING
    request: Request
    asked: str
    """Parameter that is asked for."""
    options: tuple[Option, ...] = ()
    """Values to choose from, if there are few or a look-up found them."""
    others: tuple[Option, ...] = ()
    """Further values, three at a time if the driver asks for more."""


@dataclass(frozen=True)
class Confirming:
    """The request was read back and waits for its yes."""

    mode: ClassVar[Mode] = Mode.CONFIRMING
    request: Request
    plan: int = 0
    """How many of the waiting requests were read back together with this one."""
    options: tuple[Option, ...] = ()
    """The options for choosing one of the requests that were read back, if they are few enough."""
    question: OpenQuestion | None = None
    """The server's question, if the yes also answers it."""


@dataclass(frozen=True)
class Calling:
    """The call of the request is under way."""

    mode: ClassVar[Mode] = Mode.CALLING
    request: Request
    call: ToolCall
    busy: int = 0
    """Number of the timer that watches the call."""
    progress: float | None = None
    """Progress of the call, 0 to 1, if its server reported any."""
    held: CallEnded | None = None
    """The outcome, if it came while the driver was speaking; it is reported when they have finished."""


@dataclass(frozen=True)
class Answering:
    """A server asked something during the request's call, and McQueen asks the driver."""

    mode: ClassVar[Mode] = Mode.ANSWERING
    request: Request
    question: OpenQuestion
    asked: str = ""
    """The field of the server's form that is being asked for; "" if a changed tool is to be approved."""
    options: tuple[Option, ...] = ()
    """Values to choose from, if there are few."""
    others: tuple[Option, ...] = ()
    """Further values, three at a time if the driver asks for more."""


@dataclass(frozen=True)
class Reporting:
    """McQueen reports something."""

    mode: ClassVar[Mode] = Mode.REPORTING
    request: Request | None = None
    """A request that failed: it can be changed or tried again."""
    rest: tuple[str, ...] = ()
    """Further parts of a long answer."""
    offer: str = ""
    """What a yes would mean: "more", "check", or nothing."""


Turn = Idle | Listening | Choosing | Eliciting | Confirming | Calling | Answering | Reporting
"""The present turn, with only its own fields: a Confirming without a request cannot be made."""
