"""The effects that the table asks for. The runtime carries them out and reports back with events; nothing here acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.dialogue.events import Unworded
from client.call import Consent, ToolCall
from client.values import JSON


class Purpose(StrEnum):
    """The purpose of a speech, which decides what happens when its playback ends."""

    STATEMENT = "statement"
    QUESTION = "question"
    READ_BACK = "read_back"
    NOTICE = "notice"


@dataclass(frozen=True)
class Say:
    """Speak this; `SpeechEnded` with the same number follows when playback ends."""

    speech: int
    text: str
    purpose: Purpose


@dataclass(frozen=True)
class Show:
    """Show this on a screen or in a transcript without speaking it, because the driver sees the effect."""

    text: str


@dataclass(frozen=True)
class Earcon:
    """Sound a short sign: listening, heard, working, done, error or barge_in."""

    name: str


@dataclass(frozen=True)
class Listen:
    """Open the microphone; `Heard` or `NothingHeard` follows, unless `StopListening` comes first."""

    seconds: float
    """Seconds within which the driver must begin to speak."""
    pause: float = 0.0
    """Seconds before the microphone opens: it reopens 0.5 s after playback ended."""


@dataclass(frozen=True)
class EndTurn:
    """End the utterance now, with the words so far; `Heard` or `NothingHeard` follows."""


@dataclass(frozen=True)
class StopListening:
    """Close the microphone without an event."""


@dataclass(frozen=True)
class StopSpeaking:
    """Cut playback; `SpeechEnded(complete=False)` follows."""


@dataclass(frozen=True)
class Call:
    """Send the call; `CallEnded` follows. `consent` is set if the tool is sensitive."""

    call: ToolCall
    consent: Consent | None
    answers: Mapping[str, JSON] | None = None
    """The answers for the server's form, if this call continues one; all of them were read back."""


@dataclass(frozen=True)
class Decline:
    """Decline a server's question during a call, which ends the call; no event follows."""

    call: ToolCall


@dataclass(frozen=True)
class Approve:
    """Approve a changed tool in exactly the version that the driver was asked about."""

    tool: str
    fingerprint: str


@dataclass(frozen=True)
class Allow:
    """Store that the driver need not be asked about the tool in its present form; if `allowed` is false, delete
    that.
    """

    tool: str
    """Qualified name."""
    allowed: bool


@dataclass(frozen=True)
class TakeBack:
    """Take back a confirmed call that waits for the network; `TakenBack` follows."""

    call_id: str


@dataclass(frozen=True)
class Keep:
    """Save a request on the device until the driver can be asked for its message text. No event follows; nothing is
    sent."""

    request: Unworded


@dataclass(frozen=True)
class Forget:
    """Erase a saved request that still lacks its message text."""

    id: str


@dataclass(frozen=True)
class StartTimer:
    """`TimerFired` with the same name and number follows after that many seconds."""

    name: str
    number: int
    seconds: float


@dataclass(frozen=True)
class SetPace:
    """Speak from now on at this rate, as a share of the rate in the settings."""

    pace: float


@dataclass(frozen=True)
class SetLoudness:
    """Play speech and sounds from now on at this volume, as a share of the volume in the settings."""

    loudness: float


Effect = (
    Say
    | Show
    | Earcon
    | Listen
    | EndTurn
    | StopListening
    | StopSpeaking
    | Call
    | Decline
    | Approve
    | Allow
    | TakeBack
    | Keep
    | Forget
    | StartTimer
    | SetPace
    | SetLoudness
)
