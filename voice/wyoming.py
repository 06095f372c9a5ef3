"""Speech servers that homes already run, by the Wyoming protocol (extra `mcqueen[wyoming]`): hear, speak, wake.

One connection an utterance. Sound goes only to the address that settings name. A server that is away becomes an error
of `voice`, never a hang.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voice.audio import AudioSource, resampled
from voice.errors import RecognitionError, SynthesisError, VoiceError
from voice.recognition.base import SAMPLE_RATE, Alternative, Ending, Grammar, Samples, Transcript
from voice.recognition.jsgf import vocabulary
from voice.synthesis.base import Speech, Voice

if TYPE_CHECKING:
    from wyoming.client import AsyncTcpClient
    from wyoming.event import Event

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 10.0
"""Longest wait for a transcript, or for the next piece of sound: the deadline of a turn."""
LAST_WORD_SECONDS = 1.0
"""How long a server may still report a wake word after the sound is over."""
_MOST_TERMS = 200
_CURE = "start it, or set voice.recognizer back to auto"


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

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
def _translated(address: Address, kind: type[VoiceError]) -> Iterator[None]:
    """Turn what may happen on a connection into our errors."""
    try:
        yield
    except TimeoutError as error:
        raise kind(f"the speech server at {address} does not answer; {_CURE}") from error
    except (OSError, EOFError) as error:
        raise kind(
            f"the speech server at {address} cannot be reached: {error or type(error).__name__}; {_CURE}"
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
    event = await asyncio.wait_for(client.read_event(), seconds)
    if event is None:
        raise EOFError("it closed the connection")
    if event.type == "error":
        raise EOFError(str((event.data or {}).get("text", "it reported an error")))
    return event


async def _write_sound(client: AsyncTcpClient, samples: Samples) -> None:
    from wyoming.audio import AudioChunk

    await client.write_event(AudioChunk(SAMPLE_RATE, 2, 1, np.asarray(samples, dtype="<i2").tobytes()).event())


class WyomingRecognizer:
    """Speech to text on a Wyoming server, as a `Recognizer`. The words of the grammar are hints to it."""

    name = "wyoming"

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
            await asyncio.wait_for(_write_sound(self._connection, samples), self._answer_seconds)
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
        """The server says nothing before the end."""
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
        writer = self._connection._writer if self._connection is not None else None  # no public way without waiting
        if writer is not None:
            writer.close()
        self._connection = None


def _plain(text: str) -> str:
    from voice.words import plain_words

    return plain_words(text)


class WyomingSynthesizer:
    """Text to speech on a Wyoming server, behind the `Synthesizer` protocol."""

    name = "wyoming"

    def __init__(self, address: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._address = Address.parse(address)
        self._answer_seconds = answer_seconds

    async def synthesize(self, text: str, voice: Voice) -> Speech:
        """Return the sound of a text. Raises `SynthesisError`."""
        connection = _client(self._address, SynthesisError)
        from wyoming.audio import AudioChunk, AudioStop
        from wyoming.tts import Synthesize, SynthesizeVoice

        rate, pieces = SAMPLE_RATE, []
        with _translated(self._address, SynthesisError):
            await connection.connect()
            try:
                wanted = SynthesizeVoice(name=voice.name) if voice.name else None
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


async def wyoming_wakes(address: str, source: AudioSource, names: list[str]) -> AsyncGenerator[str, None]:
    """Yield the name of each wake word that a Wyoming server finds in the source. Raises `RecognitionError`."""
    place = Address.parse(address)
    connection = _client(place, RecognitionError)
    from wyoming.audio import AudioStart
    from wyoming.wake import Detect, Detection

    with _translated(place, RecognitionError):
        await connection.connect()

    async def send() -> None:
        with _translated(place, RecognitionError):
            await connection.write_event(Detect(names=names).event())
            await connection.write_event(AudioStart(SAMPLE_RATE, 2, 1).event())
            async for block in source.blocks():
                await _write_sound(connection, resampled(block, SAMPLE_RATE))

    sending = asyncio.create_task(send())
    try:
        while True:
            with _translated(place, RecognitionError):
                reading = asyncio.ensure_future(connection.read_event())
                await asyncio.wait({reading, sending}, return_when=asyncio.FIRST_COMPLETED)
                if sending.done() and not reading.done():
                    await asyncio.wait({reading}, timeout=LAST_WORD_SECONDS)
                if not reading.done():
                    reading.cancel()
                    sending.result()  # what went wrong; or the sound is over
                    return
                event = reading.result()
                if event is None:
                    raise EOFError("it closed the connection")
            if Detection.is_type(event.type):
                yield Detection.from_event(event).name or ""
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await connection.disconnect()
