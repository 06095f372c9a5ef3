"""What an utterance may mean: the vocabulary between understanding and dialogue.

Pure data. A reading proposes; only the dialogue table decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from assistant.understanding.mood import Mood
from client.values import JSON


class Control(StrEnum):
    """Words that steer the conversation, understood in every state before anything else."""

    YES = "yes"
    NO = "no"
    NEVER_MIND = "never_mind"
    STOP = "stop"
    REPEAT = "repeat"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    HUSH = "hush"
    """No more speaking up unasked."""
    ANNOUNCE = "announce"
    STOP_ASKING = "stop_asking"
    """This tool need not be asked about."""
    ASK_IN_FUTURE = "ask_in_future"
    """It is to be asked about again."""
    HELP = "help"
    GO_BACK = "go_back"
    UNDO = "undo"
    WHAT_HAPPENED = "what_happened"
    DONE_TODAY = "done_today"
    DONE_YESTERDAY = "done_yesterday"
    MORE = "more"
    THANKS = "thanks"
    GREETING = "greeting"


@dataclass(frozen=True)
class Span:
    """Which words a value came from: characters `start` up to, not including, `end` of the transcript's text."""

    start: int
    end: int


@dataclass(frozen=True)
class Half:
    """Why a tool does not fit: it does the one and not the other."""

    can: str
    """What it does, in words of the language ("open"); "" if it does neither."""
    cannot: str


@dataclass(frozen=True)
class Interpretation:
    """One tool and arguments proposed for an utterance."""

    tool: str
    """Qualified name, `server.tool`."""
    arguments: Mapping[str, JSON]
    """Valid against the schema as far as they go."""
    missing: tuple[str, ...]
    """Required parameters still to be asked, in the schema's order."""
    score: float
    """0 to 1, calibrated: near the share of times that such an interpretation is right."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    """Where each argument's words stand, by parameter."""
    beside: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    """What the same words say for tools that can be looked up on the way, by qualified name."""
    then: tuple[Interpretation, ...] = ()
    """Further requests of the same sentence, in order."""
    left: str = ""
    """What the same sentence asks for besides, in its own words, and nothing here understands; "" if there is none."""
    untimed: str = ""
    """The time of day that was said beside a day and that the tool cannot take, in the driver's words; "" for none."""
    invalid: Mapping[str, JSON] = field(default_factory=dict)
    """Values that were said and that the schema does not take, by parameter; they are not among the arguments."""
    dictated: bool = False
    """Whether its free words were taken down by a recognizer and no kept sentence is near them: they may be wrong."""
    routine: str = ""
    """Name of the driver's routine of which this is a step, or empty."""
    near: bool = False
    """Whether a kept sentence stands in place of free words that were nearly the same."""
    guessed: frozenset[str] = frozenset()
    """Parameters that were given words which nothing marks as theirs."""


def shifted(found: Interpretation, offset: int) -> Interpretation:
    """Return a proposal for a piece of a text with its spans in the whole, in which the piece begins at `offset`."""
    return replace(found, spans={n: Span(s.start + offset, s.end + offset) for n, s in found.spans.items()})


@dataclass(frozen=True)
class NextSentence:
    """What was said for the next one of several sentences (`sentence_lists.py`)."""

    text: str = ""
    """The sentence in its own words; "" if the driver said that there are no more."""
    problem: str = ""
    """Why it is not taken: "beyond" if nothing here does that, "missing" if it lacks a value; "" if it is taken."""


@dataclass(frozen=True)
class Obstacle:
    """Why what was asked for is not begun, where the driver can be told more than that nothing here does it."""

    sentence: str
    """Name of the sentence in the wording that tells it."""
    names: Mapping[str, str]
    """What its blanks are filled with."""


@dataclass(frozen=True)
class Reading:
    """All that an utterance may mean in its context. Several fields may be set; the state decides which counts."""

    control: Control | None = None
    """A control word, where the utterance is one (YES only where nothing else was said that voids it)."""
    changes: Mapping[str, JSON] = field(default_factory=dict)
    """New values for the pending request ("no, make it eight"), or the answer to the question asked, by parameter."""
    choice: int | None = None
    """Index of the option chosen ("the second one"), where options were offered."""
    interpretations: tuple[Interpretation, ...] = ()
    """New requests, best first, at most four; empty when no tool fits."""
    text: str = ""
    """The alternative that this reading was made from."""
    invalid: Mapping[str, JSON] = field(default_factory=dict)
    """Values for the pending request that were said and that its schema does not take, by parameter."""
    beside: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    """What the same words say for the goal of the request in hand and for its look-ups, by qualified name."""
    opens_request: bool = False
    """Whether the words open as a request does ("find ...", "is it ...?"), which a mere value seldom does."""
    orders_another: bool = False
    """Whether they open as an order of the first interpretation's tool, not of the pending one, and name its thing."""
    dictated: tuple[str, ...] = ()
    """Of the changes, those whose free words were taken down by a recognizer: as with an interpretation."""
    near: tuple[str, ...] = ()
    """Of the changes, those that have a kept sentence in place of words that were nearly the same."""
    mood: Mood = Mood.DO
    """What the utterance wants; with interpretations, of the part that they serve."""
    refuses: bool = False
    """Whether a part of it refuses a deed."""
    about: tuple[str, ...] = ()
    """Qualified names of the tools that a refusal, or the taking back of a deed, may speak of, likeliest first."""
    half: Half | None = None
    """Set if the tool that fits does the one and not the other, and was left for it."""
    messages: tuple[str, ...] = ()
    """Sentences that the driver keeps or has sent, blanks open, likeliest first: what to offer for free words."""
    beyond: str = ""
    """What is asked for, said of the driver ("call your wife"), if no tool here does that; "" if that is not known."""
    obstacle: Obstacle | None = None
    """Why it is not begun, if that is known; nothing else is then offered in its place."""
    sayable: tuple[str, ...] = ()
    """Sentences that are understood now: what to offer where the driver asks what can be said."""
    next_sentence: NextSentence | None = None
    """What the words are where one sentence after the other is asked for; they are no request then."""


@dataclass(frozen=True)
class Profile:
    """What the driver has told about themselves; used to resolve words such as "home" and "my wife"."""

    contacts: Mapping[str, str] = field(default_factory=dict)
    """Name or relation ("anna", "my wife") to the contact's name."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Word ("home", "work") to place name or address."""
    quick_messages: tuple[str, ...] = ()
    """Sentences that the driver sends often; `{duration}` and `{time}` are filled by what was said."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Phone number by the contact's name."""
    preferences: tuple[str, ...] = ()
    """What the driver prefers where nothing is said, for example "diesel"."""
    units: str = ""
    """ "metric", "imperial", or empty where the driver has not said."""


@dataclass(frozen=True)
class Context:
    """What the words are understood against. The defaults are those of a call with `--catalog`: nothing is known."""

    now: float = 0.0
    """Seconds since the epoch."""
    utc_offset: float = 0.0
    """Seconds east of UTC of the vehicle's clock."""
    pending_tool: str = ""
    """Qualified name of the tool of the request in hand, or empty."""
    pending_arguments: Mapping[str, JSON] = field(default_factory=dict)
    asked: str = ""
    """Parameter whose value was asked for, or empty."""
    confirming: bool = False
    """Whether a read-back is waiting for its yes or no."""
    options: tuple[str, ...] = ()
    """What was offered, in the order spoken."""
    here: str = ""
    """Place where the vehicle is, or empty."""
    profile: Profile = Profile()
    previous_tool: str = ""
    """Qualified name of the tool that was called last, or empty: what "and tomorrow?" goes on from."""
    previous_arguments: Mapping[str, JSON] = field(default_factory=dict)
    results: tuple[str, ...] = ()
    """Names of what the last answer listed, in the order told: what "the second one" counts."""
    result_properties: tuple[Mapping[str, JSON], ...] = ()
    """All that is known of each of them: what "the cheaper one" compares."""
    goal_tool: str = ""
    """Qualified name of what the request in hand is looked up for, or the request's own, or empty."""
    codes: tuple[str, ...] = ()
    """Plates, numbers and other codes that answers have held: likelier than any other spelling of as many letters."""
    recent: tuple[str, ...] = ()
    """Free words that the driver has sent in this conversation, newest first."""
    blank: str = ""
    """Kind of value that is asked for within a kept sentence ("duration"), or empty."""
    form: Mapping[str, JSON] = field(default_factory=dict)
    """JSON Schema of what a server asks for in the middle of a call; `asked` is then one of its properties."""
