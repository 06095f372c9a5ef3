"""Speech servers of the Wyoming protocol, which homes already run (extra `mcqueen[wyoming]`): hear, speak, wake.

One connection for each utterance. Sound goes only to the address in the settings. A server that is away becomes an
error of `voice`, never a hang.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voice.recognition.jsgf import vocabulary
from voice.recognition.recognizer_base import SAMPLE_RATE, Alternative, Ending, Grammar, Samples, Transcript
from voice.synthesis.synthesizer_base import Speech, Voice
from voice.voice_errors import RecognitionError, SynthesisError, VoiceError

if TYPE_CHECKING:
    from wyoming.client import AsyncTcpClient
    from wyoming.event import Event
    from wyoming.info import Info

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 10.0
"""Seconds to wait for a transcript, or for the next piece of sound: the deadline of a turn."""
DESCRIBE_SECONDS = 3.0
"""Seconds to wait until a server describes itself."""
AWAY_SECONDS = 30.0
"""Seconds of sound after which a wake word server that was away is tried again."""
_MOST_TERMS = 200
_CURE = "start it, or set voice.recognizer back to auto"
_SPEECH_CURE = "start it, or take voice.wyoming_speech out of the settings"
_WAKE_CURE = "start it, or take voice.wyoming_wake out of the settings"


@dataclass(frozen=True)
class Address:
    """The address of a server."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `tcp://host:port` or `host:port`. Raises `VoiceError`."""
        host, _, port = text.removeprefix("tcp://").rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise VoiceError(f"{text!r} is no Wyoming server; write tcp://HOST:PORT")
        return cls(host.strip("[]"), int(port))

    def __str__(self) -> str:
        return f"tcp://{self.host}:{self.port}"


@contextlib.contextmanager
def _translated(address: Address, kind: type[VoiceError], cure: str = _CURE) -> Iterator[None]:
    """Turn errors of a connection into ours."""
    try:
        yield
    except TimeoutError as error:
        raise kind(f"the speech server at {address} does not answer; {cure}") from error
    except (OSError, EOFError) as error:
        raise kind(
            f"the speech server at {address} cannot be reached: {error or type(error).__name__}; {cure}"
        ) from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise kind(f"the speech server at {address} does not speak Wyoming: {error!r}") from error


def _client(address: Address, kind: type[VoiceError]) -> AsyncTcpClient:
    try:
        from wyoming.client import AsyncTcpClient as Client  # an extra
    except ImportError as error:
        raise kind("the Wyoming protocol is not installed; pip install 'mcqueen[wyoming]'") from error
    return Client(address.host, address.port, connect_timeout=CONNECT_SECONDS)


async def _next(client: AsyncTcpClient, seconds: float) -> Event:
    async with asyncio.timeout(seconds):
        event = await client.read_event()
    if event is None:
        raise EOFError("it closed the connection")
    if event.type == "error":
        raise EOFError(str((event.data or {}).get("text", "it reported an error")))
    return event


async def _write_sound(client: AsyncTcpClient, samples: Samples) -> None:
    from wyoming.audio import AudioChunk

    await client.write_event(AudioChunk(SAMPLE_RATE, 2, 1, np.asarray(samples, dtype="<i2").tobytes()).event())


async def describe(address: Address, kind: type[VoiceError], cure: str) -> Info:
    """Return a server's description of itself. Raises `kind` if it is away or sends none."""
    from wyoming.info import Describe
    from wyoming.info import Info as Described

    connection = _client(address, kind)
    with _translated(address, kind, cure):
        await connection.connect()
        try:
            await connection.write_event(Describe().event())
            while not Described.is_type((event := await _next(connection, DESCRIBE_SECONDS)).type):
                pass
            return Described.from_event(event)
        finally:
            await connection.disconnect()


async def wake_words(address: Address) -> list[str]:
    """Return the names of the wake words that a server has. Raises `RecognitionError`."""
    info = await describe(address, RecognitionError, _WAKE_CURE)
    return [model.name for program in info.wake for model in program.models]


class WyomingRecognizer:
    """Speech to text on a Wyoming server, as a `Recognizer`. The words of the grammar are hints to it."""

    name = "wyoming"

    async def described(self) -> str:
        """Return the server's programs in words. Raises `RecognitionError`."""
        info = await describe(self._address, RecognitionError, _CURE)
        return f"{self._address}: {', '.join(one.name for one in info.asr) or 'it hears nothing'}"

    def __init__(self, address: str, *, language: str = "en", answer_seconds: float = ANSWER_SECONDS) -> None:
        self._address = Address.parse(address)
        self._language = language
        self._answer_seconds = answer_seconds

    def begin(self, grammar: Grammar, *, partials: bool = False) -> WyomingRecognition:
        """Start an utterance; the connection is made with the first sound."""
        terms = vocabulary(grammar)[:_MOST_TERMS]
        return WyomingRecognition(self._address, self._language, terms, self._answer_seconds)

    async def close(self) -> None:
        """Nothing stays open between utterances."""


class WyomingRecognition:
    """One utterance on one connection."""

    def __init__(self, address: Address, language: str, terms: list[str], answer_seconds: float) -> None:
        self._address = address
        self._language = language
        self._terms = terms
        self._answer_seconds = answer_seconds
        self._connection: AsyncTcpClient | None = None
        self._samples = 0

    async def feed(self, samples: Samples) -> str:
        """Send the samples; most servers give no partial text. Raises `RecognitionError`."""
        with _translated(self._address, RecognitionError):
            if self._connection is None:
                self._connection = await self._open()
            self._samples += len(samples)
            async with asyncio.timeout(self._answer_seconds):
                await _write_sound(self._connection, samples)
        return ""

    async def _open(self) -> AsyncTcpClient:
        connection = _client(self._address, RecognitionError)
        from wyoming.asr import Transcribe
        from wyoming.audio import AudioStart

        await connection.connect()
        request = Transcribe(language=self._language, transcript_terms=self._terms)
        await connection.write_event(request.event())
        await connection.write_event(AudioStart(SAMPLE_RATE, 2, 1).event())
        return connection

    async def ending(self, silence: float) -> Ending:
        """The server sends nothing before the end."""
        return Ending.UNKNOWN

    async def finish(self) -> Transcript:
        """Return the transcript. Raises `RecognitionError`."""
        if self._connection is None:
            return Transcript("", confidence=0.0, recognizer=WyomingRecognizer.name)
        from wyoming.asr import Transcript as Said
        from wyoming.audio import AudioStop

        began = time.perf_counter()
        try:
            with _translated(self._address, RecognitionError):
                await self._connection.write_event(AudioStop().event())
                while not Said.is_type((event := await _next(self._connection, self._answer_seconds)).type):
                    pass
                text = _plain(Said.from_event(event).text)
        finally:
            await self._close()
        seconds = self._samples / SAMPLE_RATE
        found = (Alternative(text, 0.0),) if text else ()
        return Transcript(
            text, found, 1.0 if text else 0.0, WyomingRecognizer.name, seconds, time.perf_counter() - began
        )

    async def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                await self._connection.disconnect()
            self._connection = None

    def cancel(self) -> None:
        """Drop the utterance and the connection."""
        writer = self._connection._writer if self._connection is not None else None  # no public method without waiting
        if writer is not None:
            writer.close()
        self._connection = None


def _plain(text: str) -> str:
    from voice.plain_words import plain_words

    return plain_words(text)


class WyomingSynthesizer:
    """Text to speech on a Wyoming server, behind the `Synthesizer` protocol."""

    name = "wyoming"

    async def described(self) -> str:
        """Return the server's programs in words. Raises `SynthesisError`."""
        info = await describe(self._address, SynthesisError, _SPEECH_CURE)
        return f"{self._address}: {', '.join(one.name for one in info.tts) or 'it does not speak'}"

    def __init__(self, address: str, *, voice: str = "", answer_seconds: float = ANSWER_SECONDS) -> None:
        """`voice` is the server's own name of a voice; empty for its default. Raises `VoiceError` for a bad address."""
        self._address = Address.parse(address)
        self._voice = voice
        self._answer_seconds = answer_seconds

    async def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return the sound of a text in the server's voice; `voice` is ignored. Raises `SynthesisError`."""
        connection = _client(self._address, SynthesisError)
        from wyoming.audio import AudioChunk, AudioStop
        from wyoming.tts import Synthesize, SynthesizeVoice

        rate, pieces = SAMPLE_RATE, []
        with _translated(self._address, SynthesisError, _SPEECH_CURE):
            await connection.connect()
            try:
                wanted = SynthesizeVoice(name=self._voice) if self._voice else SynthesizeVoice(language=voice.language)
                await connection.write_event(Synthesize(text=text, voice=wanted).event())
                while not AudioStop.is_type((event := await _next(connection, self._answer_seconds)).type):
                    if AudioChunk.is_type(event.type):
                        chunk = AudioChunk.from_event(event)
                        rate = chunk.rate
                        pieces.append(_mono(chunk))
            finally:
                await connection.disconnect()
        return Speech(np.concatenate(pieces) if pieces else np.zeros(0, np.int16), rate)

    async def close(self) -> None:
        """Nothing stays open between utterances."""


def _mono(chunk: object) -> Samples:
    from wyoming.audio import AudioChunk

    assert isinstance(chunk, AudioChunk)
    if chunk.width != 2:
        raise ValueError(f"sound of {8 * chunk.width} bits instead of 16")
    whole = np.frombuffer(chunk.audio, dtype="<i2").reshape(-1, chunk.channels)
    return np.asarray(whole.mean(axis=1), dtype=np.int16)


class WyomingSpotter:
    """Wake words found by a Wyoming server, behind the `WakeSpotter` protocol.

    The server gets sound only while McQueen is silent and the microphone is open. If the server is away, this is
    reported once, and it is tried again.
    """

    def __init__(self, address: str, names: Sequence[str], complain: Callable[[str], None] = lambda _: None) -> None:
        """`names` are the server's own names of its wake words. Raises `VoiceError` for a bad address."""
        self.phrase = names[0] if names else ""
        self._address = Address.parse(address)
        self._names = list(names)
        self._complain = complain
        self._connection: AsyncTcpClient | None = None
        self._reading: asyncio.Future[Event | None] | None = None
        self._rest = 0.0
        self._away = False
        self._asking: asyncio.Task[None] | None = None

    async def spots(self, samples: Samples) -> bool:
        """Send the server the next sound (16 kHz); return whether it has found one of its words since the last call."""
        if self._rest > 0.0:
            self._rest -= len(samples) / SAMPLE_RATE
            return False
        try:
            with _translated(self._address, RecognitionError, _WAKE_CURE):
                if self._connection is None:
                    await self._open()
                assert self._connection is not None
                async with asyncio.timeout(ANSWER_SECONDS):
                    await _write_sound(self._connection, samples)
                found = self._found()
        except RecognitionError as error:
            await self.reset()
            self._rest = AWAY_SECONDS
            if not self._away:
                self._complain(str(error))
            self._away = True
            return False
        self._away = False
        return found

    async def _open(self) -> None:
        from wyoming.audio import AudioStart
        from wyoming.wake import Detect

        connection = _client(self._address, RecognitionError)
        await connection.connect()
        self._connection = connection
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_for_words(), name="wake words of the server")
        await connection.write_event(Detect(names=self._names or None).event())
        await connection.write_event(AudioStart(SAMPLE_RATE, 2, 1).event())
        self._reading = asyncio.ensure_future(connection.read_event())

    async def _ask_for_words(self) -> None:
        """Say which of the words the server does not know: it would never wake, without a word."""
        try:
            known = await wake_words(self._address)
        except RecognitionError:
            return  # a server that does not describe itself may know them all
        if known and (unknown := [name for name in self._names if name not in known]):
            words = f"{', '.join(unknown)}; it knows {', '.join(known)}"
            self._complain(f"the wake word server at {self._address} does not know {words}")

    def _found(self) -> bool:
        from wyoming.wake import Detection

        assert self._connection is not None
        if self._reading is None or not self._reading.done():
            return False
        event = self._reading.result()
        if event is None:
            raise EOFError("it closed the connection")
        self._reading = asyncio.ensure_future(self._connection.read_event())
        if not Detection.is_type(event.type):
            return False
        self.phrase = Detection.from_event(event).name or self.phrase
        return True

    async def reset(self) -> None:
        """Drop the sound so far and end the connection."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            self._reading = None
        if self._connection is not None:
            with contextlib.suppress(OSError):
                await self._connection.disconnect()
            self._connection = None

    async def close(self) -> None:
        """End the connection; idempotent."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        await self.reset()
