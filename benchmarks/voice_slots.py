"""How many messages go out as they were meant, with at most one correction: whole conversations with a spoken driver.

Each conversation is the real table's, with real hearing in noise and real understanding; only playback and calls are
taken as done. The driver agrees where the read-back is word for word what was meant, corrects once where it is not, and
then turns it down. Measures; nothing passes or fails.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from assistant.conversation.reader import Reader
from assistant.dialogue.context import context_of
from assistant.dialogue.events import CatalogChanged, DrivingChanged, Event, Heard, SpeechEnded
from assistant.dialogue.state import State
from assistant.dialogue.table import step
from assistant.dialogue.table_effects import Call, Effect
from assistant.dialogue.turns import Mode
from assistant.policy.driving import DrivingState
from assistant.understanding.grammar.compiler import compile_grammar
from benchmarks.benchmark_rows import row
from benchmarks.voice_parts import PROFILE, VOICES, Bench, noisy, share, spoken
from voice.plain_words import plain_words
from voice.recognition.recognizer_base import Samples

LEVEL = 15
"""dB of speech above cabin noise."""
MOST_LINES = 6
"""Lines of the driver in one conversation."""
SENDS = "send_message"


@dataclass(frozen=True)
class Wish:
    """Whom a message is for, as said, and what it says."""

    to: str
    contact: str
    words: str
    kept: str = ""
    """A kept sentence that the driver agrees to in its place."""

    @property
    def line(self) -> str:
        """The sentence that asks for it."""
        return f"tell {self.to} {self.words}"


KEPT = (
    Wish("my wife", "anna", "i'm running ten minutes late"),
    Wish("tom", "tom berg", "i'm on my way"),
    Wish("my wife", "anna", "i'm stuck in traffic"),
    Wish("tom", "tom berg", "i'll call you later"),
)
NEAR = (
    Wish("my wife", "anna", "i am running about ten minutes late", "i'm running ten minutes late"),
    Wish("tom", "tom berg", "i am on the way", "i'm on my way"),
    Wish("my wife", "anna", "i'm stuck in the traffic", "i'm stuck in traffic"),
    Wish("tom", "tom berg", "i will call you later", "i'll call you later"),
)
FREE = (
    Wish("tom", "tom berg", "the meeting moved to the big room"),
    Wish("my wife", "anna", "we need bread and two lemons"),
    Wish("tom", "tom berg", "the train is late again"),
    Wish("my wife", "anna", "the car is in the garage"),
    Wish("tom", "tom berg", "the dog is at the vet"),
    Wish("my wife", "anna", "dinner is on the table"),
    Wish("tom", "tom berg", "the plumber comes at noon"),
    Wish("my wife", "anna", "i forgot the keys in the kitchen"),
    Wish("my wife", "anna", "the kids are asleep already"),
    Wish("tom", "tom berg", "please call the school tomorrow"),
    Wish("my wife", "anna", "start dinner without me"),
    Wish("tom", "tom berg", "the parcel is at the neighbor's house"),
)
FREE_UNSEEN = (
    Wish("tom", "tom berg", "the game starts at six"),
    Wish("my wife", "anna", "there is cake in the fridge"),
    Wish("my wife", "anna", "my phone is almost empty"),
    Wish("tom", "tom berg", "the doctor said everything is fine"),
)
"""Nothing that decides how McQueen hears may be chosen on them."""


@dataclass(frozen=True)
class End:
    """What came of one conversation."""

    sent: str = ""
    """The words that went out; empty where none did."""
    contact: str = ""
    corrections: int = 0
    way_out: bool = False
    """Whether McQueen said that it cannot take it down, and offered what it can."""
    heard: tuple[str, ...] = ()


class Talk:
    """One conversation with a driver who wants one message sent."""

    def __init__(self, bench: Bench, wish: Wish, voice: str, noise: Samples) -> None:
        self._bench = bench
        self._wish = wish
        self._voice = voice
        self._noise = noise
        self._reader = Reader()
        self._corrections = 0
        self._heard: list[str] = []
        self._calls: list[Call] = []
        self._now = time.time()
        self._state = State("slots")
        self._send(CatalogChanged(self._now, bench.catalog))
        self._send(DrivingChanged(self._now, DrivingState.MOVING))

    async def run(self) -> End:
        """Have the conversation."""
        await self._reader.adopt(self._bench.catalog)
        line = self._wish.line
        for _ in range(MOST_LINES):
            await self._say(line)
            if self._calls:
                made = self._calls[0].call.arguments
                return self._end(str(made.get("message", "")), str(made.get("contact", "")))
            following = self._answer()
            if following is None:
                break
            line = following
        return self._end()

    def _end(self, sent: str = "", contact: str = "") -> End:
        way_out = self._state.offers_ways_out
        return End(plain_words(sent), plain_words(contact), self._corrections, way_out, tuple(self._heard))

    def _answer(self) -> str | None:
        """Return what the driver says next; None where they leave it."""
        state, wish = self._state, self._wish
        request = state.request
        sends = request is not None and request.tool.endswith(SENDS)
        if state.mode is Mode.CONFIRMING and request is not None and sends:
            said = plain_words(str(request.arguments.get("message", "")))
            to = plain_words(str(request.arguments.get("contact", "")))
            if to == wish.contact and said in (plain_words(wish.words), plain_words(wish.kept)):
                return "yes"
            if self._corrections:
                return "no" if not self._heard or plain_words(self._heard[-1]) != "no" else None
            self._corrections += 1
            return f"change the message to {wish.words}" if to == wish.contact else wish.line
        if state.offers_ways_out or self._corrections:
            return None
        self._corrections += 1
        return wish.words if state.mode is Mode.ELICITING and sends and state.asked == "message" else wish.line

    async def _say(self, line: str) -> None:
        context = context_of(self._state, self._now, PROFILE)
        key = f"{self._wish.line}/{line}/{len(self._heard)}"
        sound = noisy(await spoken(line, self._voice), self._noise, LEVEL, key)
        transcript = (await self._bench.hear(sound, compile_grammar(self._bench.catalog, context))).transcript
        self._heard.append(transcript.text)
        self._send(Heard(self._now, await self._reader.understand(transcript, context)))
        if self._state.said.playing:
            self._send(SpeechEnded(self._now, self._state.said.playing))

    def _send(self, event: Event) -> None:
        self._now += 1.0
        effects: Sequence[Effect]
        self._state, effects = step(self._state, replace(event, at=self._now))
        self._calls += [effect for effect in effects if isinstance(effect, Call) and effect.consent is not None]


async def talk(bench: Bench, wish: Wish, voice: str, noise: Samples) -> End:
    """Have one conversation, or return what is kept of it."""
    key = f"slots/{bench.recognizer.name}/{LEVEL}/{wish.line}/{voice}"
    if (found := bench.kept.get(key)) is None:
        found = asdict(await Talk(bench, wish, voice, noise).run())
        bench.kept.put(key, found)
    return End(**{**found, "heard": tuple(found["heard"])})


async def rows(bench: Bench, noise: Samples) -> None:
    """Print the rows of one recognizer."""
    for kind, wishes in (("kept", KEPT), ("nearly kept", NEAR), ("free", FREE), ("free, unseen", FREE_UNSEEN)):
        ends = [(wish, await talk(bench, wish, voice, noise)) for wish in wishes for voice in VOICES]
        right = [_right(wish, end) for wish, end in ends]
        first = [good and not end.corrections for good, (_, end) in zip(right, ends, strict=True)]
        name = f"synthetic, {bench.recognizer.name}, {kind} messages, {LEVEL} dB"
        row(f"{name}: right at the first try", share(first))
        row(f"{name}: right after at most one correction", share(right))
        wrong = [bool(end.sent) and not good for good, (_, end) in zip(right, ends, strict=True)]
        row(f"{name}: sent otherwise than meant", f"{sum(wrong)} of {len(ends)}", "goal 0")
        lost = [end.way_out for _, end in ends if not end.sent]
        row(f"{name}: not sent, ways out offered", f"{sum(lost)} of {len(lost)}")


def _right(wish: Wish, end: End) -> bool:
    """Whether it went out as the driver agreed to it; case and punctuation aside."""
    agreed = {plain_words(words) for words in (wish.words, wish.kept) if words}
    return end.contact == wish.contact and end.sent in agreed
