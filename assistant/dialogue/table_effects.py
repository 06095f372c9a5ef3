"""What the table wants done. The runtime does it and reports back with events; nothing here acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.dialogue.events import Unworded
from client.call import Consent, ToolCall
from client.values import JSON


class Purpose(StrEnum):
    """Why something is said, which decides what happens when playback ends."""

    STATEMENT = "statement"
    QUESTION = "question"
    READ_BACK = "read_back"
    NOTICE = "notice"


@dataclass(frozen=True)
class Say:
    """Speak this; `SpeechEnded` with the same number follows when playback ended."""

    speech: int
    text: str
    purpose: Purpose


@dataclass(frozen=True)
class Show:
    """Show this where there is a screen or a transcript, and do not speak it: the driver sees what was done."""

    text: str


@dataclass(frozen=True)
class Earcon:
    """Sound a short sign: listening, heard, working, done, error or barge_in."""

    name: str


@dataclass(frozen=True)
class Listen:
    """Open the microphone; `Heard` or `NothingHeard` follows, unless `StopListening` comes first."""

    seconds: float
    """How long speech may take to begin."""
    pause: float = 0.0
    """Seconds to wait first: the microphone reopens 0.5 s after playback ended."""


@dataclass(frozen=True)
class EndTurn:
    """Take what was said until now as the whole utterance; `Heard` or `NothingHeard` follows."""


@dataclass(frozen=True)
class StopListening:
    """Close the microphone without an event."""


@dataclass(frozen=True)
class StopSpeaking:
    """Cut playback; `SpeechEnded(complete=False)` follows."""


@dataclass(frozen=True)
class Call:
    """Send the call; `CallEnded` follows. `consent` is there when the tool is sensitive."""

    call: ToolCall
    consent: Consent | None
    answers: Mapping[str, JSON] | None = None
    """What goes into the server's own form, if this call continues one: all of it was read back."""


@dataclass(frozen=True)
class Decline:
    """Decline what a server asked in the middle of a call, and with it the call; nothing follows."""

    call: ToolCall


@dataclass(frozen=True)
class Approve:
    """Take a changed tool as it was when it was asked about."""

    tool: str
    fingerprint: str


@dataclass(frozen=True)
class Allow:
    """Keep that a tool, as it is now, need not be asked about; or, with `allowed` false, that it is asked about."""

    tool: str
    """Qualified name."""
    allowed: bool


@dataclass(frozen=True)
class TakeBack:
    """Take back a confirmed call that waits for the network; `TakenBack` follows."""

    call_id: str


@dataclass(frozen=True)
class Keep:
    """Keep a request on the device until its words can be asked for; nothing follows, and nothing of it is sent."""

    request: Unworded


@dataclass(frozen=True)
class Forget:
    """Erase a saved request that still lacks its words."""

    id: str


@dataclass(frozen=True)
class StartTimer:
    """`TimerFired` with the same name and number follows after that many seconds."""

    name: str
    number: int
    seconds: float


@dataclass(frozen=True)
class SetPace:
    """Speak from now on at this share of the rate in the settings."""

    pace: float


@dataclass(frozen=True)
class SetLoudness:
    """Speak and sound from now on at this share of the volume in the settings."""

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
