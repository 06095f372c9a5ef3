"""What can happen to a conversation. Events are frozen, and are the only input of the table.

`at` is the wall clock in seconds since the epoch, set by the code that saw the event; the table never reads a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.policy.driving import DrivingState
from assistant.understanding.reading import Reading
from client.call import Outcome
from client.catalog import Catalog
from client.values import JSON


@dataclass(frozen=True)
class Unworded:
    """A request saved on the device that still lacks its message text."""

    id: str
    tool: str
    """Qualified name."""
    arguments: Mapping[str, JSON]
    """The arguments. They may include the text that the recognizer heard, which is never sent."""


@dataclass(frozen=True)
class PushToTalk:
    """The driver pressed the key, or said the wake word."""

    at: float


@dataclass(frozen=True)
class Deed:
    """A call with effects that was made."""

    at: float
    tool: str
    """Qualified name."""
    known: bool = True
    """True if the call is known to have been done; False if it may have been."""


@dataclass(frozen=True)
class Heard:
    """The driver said or typed something; `reading` holds its possible meanings in this state."""

    at: float
    reading: Reading
    typed: bool = False
    deeds: tuple[Deed, ...] | None = ()
    """The calls of the day that the words ask about; None if the record cannot be read."""


@dataclass(frozen=True)
class NothingHeard:
    """The microphone was open and nobody spoke."""

    at: float


@dataclass(frozen=True)
class SpeechEnded:
    """Playback of `Say` number `speech` ended; `complete` is False when it was interrupted."""

    at: float
    speech: int
    complete: bool = True


@dataclass(frozen=True)
class CallEnded:
    """A call came to its outcome."""

    at: float
    call_id: str
    outcome: Outcome


@dataclass(frozen=True)
class Progressed:
    """The server reported how far the running call is."""

    at: float
    call_id: str
    share: float
    """0 to 1."""


@dataclass(frozen=True)
class TakenBack:
    """Whether a confirmed call that waited could be taken back."""

    at: float
    call_id: str
    done: bool


@dataclass(frozen=True)
class Delivered:
    """A deferred call left the outbox, or could not."""

    at: float
    tool: str
    arguments: Mapping[str, JSON] = field(default_factory=dict)
    succeeded: bool = True
    reason: str = ""
    stale: bool = False
    """Whether the call was not sent because its yes has expired: it waited too long, or something changed."""
    doubt: str = ""
    """What changed since the yes; "" if it waited too long."""


@dataclass(frozen=True)
class UnwordedFound:
    """Requests without their message text were found on the device, saved by an earlier conversation."""

    at: float
    requests: tuple[Unworded, ...]


@dataclass(frozen=True)
class Unfinished:
    """A request that was open when McQueen ended. The yes, if the driver gave one, is not stored."""

    tool: str
    """Qualified name."""
    arguments: Mapping[str, JSON] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    """What people call the things that the arguments stand for, by parameter."""


@dataclass(frozen=True)
class UnfinishedFound:
    """McQueen ended in the middle of a question: the request that it was about, and the requests that waited
    behind it.
    """

    at: float
    requests: tuple[Unfinished, ...]


@dataclass(frozen=True)
class TimerFired:
    """A timer that the table started ran out."""

    at: float
    name: str
    number: int


@dataclass(frozen=True)
class CatalogChanged:
    """The new list of tools that can be called."""

    at: float
    catalog: Catalog


@dataclass(frozen=True)
class NetworkChanged:
    """The network came or went."""

    at: float
    online: bool


@dataclass(frozen=True)
class DrivingChanged:
    """The vehicle parked, stopped, moved off or changed its speed."""

    at: float
    driving: DrivingState
    speed: float | None = None
    """In km/h; None if nobody measured it."""


@dataclass(frozen=True)
class Noticed:
    """Something that the driver may want to know without having asked: range, calendar, a dead zone, a warning."""

    at: float
    topic: str
    text: str
    safety: bool = False
    """A safety warning comes before everything and can't be silenced."""
    asked: bool = False
    """The driver asked for this, as with a timer, so neither a wish for silence nor the quiet time delays it."""


Event = (
    PushToTalk
    | Heard
    | NothingHeard
    | SpeechEnded
    | CallEnded
    | Progressed
    | TakenBack
    | UnwordedFound
    | UnfinishedFound
    | Delivered
    | TimerFired
    | CatalogChanged
    | NetworkChanged
    | DrivingChanged
    | Noticed
)
