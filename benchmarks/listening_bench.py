"""`make bench-listening`: an hour of simulated listening, faster than real time, and five real minutes. Tables only.

The hour runs ears, echo canceller and mouth on sound that is made here: noise of a cabin, a driver who speaks once a
minute, our own voice coming back as an echo from a speaker whose clock is off. The minutes run the whole assistant at
a sound server of their own. All speech is synthetic: it shows that nothing grows, drifts or is lost, not accuracy.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import numpy as np

from assistant.assembly import open_live
from assistant.conversation.live_sound import LiveEar
from assistant.policy.timing import INTERRUPT_SECONDS
from assistant.settings.settings import Settings
from assistant.town.town_tools import tool_definitions
from assistant.understanding.grammar.compiler import compile_grammar
from assistant.understanding.reading import Context
from benchmarks.benchmark_rows import row
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from tests.system.audio.cabin import MICROPHONE, SPEAKER, Cabin, missing_parts
from voice.audio import BLOCK, BLOCK_SECONDS, resampled
from voice.capture import Capture
from voice.front_end import EchoCanceller
from voice.live_source import LiveSource
from voice.mouth import Mouth
from voice.noise import cabin_noise
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples
from voice.recognition.sphinx import SphinxRecognizer
from voice.speaker import PlaybackReference, Speaker
from voice.synthesis.espeak import ASSISTANT_VOICE, DRIVER_VOICE, EspeakSynthesizer

LINE = "what's the weather in heidelberg"
REPLY = "In Heidelberg it is 12 °C, with light rain until 18:00. Take care on the road."
DRIFT = 1.0001
"""The speaker's clock against the microphone's: 100 ppm is much for sound cards."""
ECHO = 0.25
ECHO_SAMPLES = 1_280
"""The way from speaker to ear: 80 ms, 12 dB down."""


class Cab(LiveSource):
    """Air, microphone and speaker by arithmetic: a block is made whenever who listens has taken the one before."""

    def __init__(self, seconds: float) -> None:
        self.reference = PlaybackReference()
        self.reference.begin(SAMPLE_RATE)
        self._noise = cabin_noise(60.0, seed=1, level=0.01)
        self._left = round(seconds / BLOCK_SECONDS)
        self._driver: Samples = np.zeros(0, np.int16)
        self._playing: Samples = np.zeros(0, np.int16)
        self._position = 0.0
        self._played: Samples = np.zeros(ECHO_SAMPLES + BLOCK, np.int16)
        self.capture: Capture | None = None
        self.tick = asyncio.Condition()
        self.blocks_given = 0
        self.over = asyncio.Event()

    def say(self, samples: Samples) -> None:
        """The driver begins to speak."""
        self._driver = samples

    async def play(self, samples: Samples, sample_rate: int) -> None:
        """Sound from the speaker, as an `AudioSink`."""
        self._playing, self._position = resampled(samples, sample_rate), 0.0
        async with self.tick:
            await self.tick.wait_for(lambda: self._position >= len(self._playing) or self.over.is_set())

    async def wait(self, seconds: float) -> None:
        """Let that much sound pass."""
        until = self.blocks_given + round(seconds / BLOCK_SECONDS)
        async with self.tick:
            await self.tick.wait_for(lambda: self.blocks_given >= until or self.over.is_set())

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Give the microphone's sound, as an `AudioSource`."""
        while True:
            while self.capture is not None and self.capture.backlog > 10:  # noqa: ASYNC110  # a queue has no event
                await asyncio.sleep(0.0005)
            self._left -= 1
            if self._left == 0:  # it goes on, so that whoever listens comes to an end
                self.over.set()
            self.blocks_given += 1
            async with self.tick:
                self.tick.notify_all()
            yield self._block()
            await asyncio.sleep(0)

    def _block(self) -> Samples:
        begin, self._position = self._position, min(self._position + BLOCK * DRIFT, float(len(self._playing)))
        piece = self._playing[round(begin) : round(self._position)]
        taken = np.concatenate([piece, np.zeros(max(0, BLOCK - len(piece)), np.int16)])
        self.reference.put(taken.tobytes())
        self._played = np.concatenate([self._played[len(taken) :], taken])
        start = self.blocks_given * BLOCK % (len(self._noise) - BLOCK)
        mixed = self._noise[start : start + BLOCK] + ECHO * self._played[:BLOCK]
        words, self._driver = self._driver[:BLOCK], self._driver[BLOCK:]
        mixed[: len(words)] += words
        return np.asarray(np.clip(mixed, -32768, 32767), dtype=np.int16)


def memory(process: int = 0) -> float:
    """Return the resident memory of a process in MB; 0 is this one."""
    pages = int(Path(f"/proc/{process or 'self'}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def children() -> list[int]:
    """Return the processes that this one started and that still run."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = place.read_text().rpartition(")")
        except OSError:  # it has ended meanwhile
            continue
        if rest.split()[1] == str(os.getpid()):
            found.append(int(name.split(" ")[0]))
    return found


def workers() -> list[int]:
    """Return the processes that recognize and speak, without those of the sound server."""
    return [child for child in children() if b"voice.worker_process" in Path(f"/proc/{child}/cmdline").read_bytes()]


def cpu_seconds(processes: list[int], without: Sequence[int] = ()) -> float:
    """Return the processor time that these have taken, `without` those threads of this process."""
    ticks = sum(_ticks(f"/proc/{process}/stat") for process in processes)
    ticks -= sum(_ticks(f"/proc/self/task/{thread}/stat") for thread in without)
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(place: str) -> int:
    fields = Path(place).read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


async def simulated(hours: float) -> None:
    """Listen to made-up sound and answer, once a minute, and look every five minutes."""
    synthesizer, recognizer = EspeakSynthesizer(), SphinxRecognizer()
    speech = await synthesizer.synthesize(LINE, DRIVER_VOICE)
    driver = (resampled(speech.samples, speech.sample_rate) * 0.6).astype(np.int16)
    cab = Cab(hours * 3600.0)
    mouth = Mouth(synthesizer, cab, ASSISTANT_VOICE)
    capture = Capture(cab, speaking=lambda: mouth.speaking, reference=cab.reference, canceller=EchoCanceller())
    cab.capture = capture
    ear = LiveEar(recognizer, capture, lambda _: None, mouth)
    grammar = compile_grammar(Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools)), Context())
    running = asyncio.create_task(capture.run())
    began, heard, asked, interrupted = time.perf_counter(), 0, 0, 0
    sizes: list[float] = []
    while not cab.over.is_set():
        listening = asyncio.create_task(ear.listen(grammar, 8.0))
        await cab.wait(1.0)
        cab.say(driver)
        transcript = await listening
        asked += 1
        heard += transcript is not None and transcript.text == LINE
        capture.watching = True
        saying = asyncio.create_task(mouth.say(REPLY))
        while not saying.done():
            await cab.wait(0.1)
            interrupted += capture.over_seconds >= INTERRUPT_SECONDS
        capture.watching = False
        capture.forget_over()
        next_minute = asked * 60.0
        while capture.seconds < next_minute - 8.0 and not cab.over.is_set():  # nobody speaks, and somebody listens
            assert await ear.listen(grammar, 8.0) is None or cab.over.is_set()
        if capture.seconds < next_minute:
            await cab.wait(next_minute - capture.seconds)
        if asked % 5 == 0 or asked == 1:
            sizes.append(memory() + sum(memory(child) for child in children()))
    took = time.perf_counter() - began
    running.cancel()
    await asyncio.wait([running])
    await recognizer.close()
    await synthesizer.close()
    row(f"simulated listening, {capture.seconds / 60:.0f} minutes, in", f"{took:.0f} s")
    row("sound given and sound heard", f"{cab.blocks_given * BLOCK_SECONDS:.1f} = {capture.seconds:.1f} s")
    row("the driver's lines heard word for word (synthetic)", f"{heard} of {asked}")
    row("interrupted by its own voice (echo -12 dB)", f"{interrupted} times", "goal 0")
    row("memory of all processes, every 5 minutes", " ".join(f"{size:.0f}" for size in sizes) + " MB", "flat")


async def real(minutes: float) -> None:
    """Run the whole assistant while nobody speaks: half of the time idle, half of it listening."""
    if why := missing_parts():
        row("real minutes: skipped", why)
        return
    with tempfile.TemporaryDirectory() as folder:
        cabin = Cabin(Path(tempfile.mkdtemp(dir=folder)))
        os.environ.update({name: value for name, value in cabin.environment.items() if name != "HOME"})
        cabin.start()
        try:
            devices = {"microphone": MICROPHONE, "speaker": SPEAKER}
            settings = Settings.model_validate({"voice": devices, "data_folder": str(Path(folder) / "data")})
            async with open_live(settings, print) as live:
                assert live.ear is not None
                assert await live.ear._capture.wait_ready(10.0)
                await asyncio.sleep(5.0)  # what the start leaves to do
                await _idle(cabin, live.ear, minutes * 30.0, "waiting for the key")
                await first_sample()
                stop = asyncio.create_task(_keep_listening(live.ear))
                await asyncio.sleep(3.0)
                await _idle(cabin, live.ear, minutes * 30.0, "listening")
                stop.cancel()
                await asyncio.wait([stop])
        finally:
            cabin.stop()


class _Noting(PlaybackReference):
    """Notes when the first sound was given to the device."""

    first = 0.0

    def put(self, piece: bytes, *, gap: bool = False) -> None:
        """Look for anything but silence."""
        if not self.first and any(piece):
            self.first = time.perf_counter()
        super().put(piece, gap=gap)


async def first_sample(times: int = 10) -> None:
    """How long it takes from a text to its first sample at the device, its buffer included."""
    synthesizer, speaker = EspeakSynthesizer(), Speaker(SPEAKER)
    speaker.reference = noted = _Noting()
    mouth = Mouth(synthesizer, speaker, ASSISTANT_VOICE)
    await mouth.say("Ready at 7:30.")  # the processes are started
    for what in ("device open", "device closed before"):
        taken = []
        for number in range(times):
            if what != "device open":
                await speaker.close()
            noted.first, began = 0.0, time.perf_counter()
            saying = asyncio.create_task(mouth.say(f"The table for {number + 2} is booked. Anything else?"))
            while not noted.first and not saying.done():  # noqa: ASYNC110  # set in the device's thread
                await asyncio.sleep(0.001)
            latency = float(speaker._opened.stream.latency) if speaker._opened else 0.0
            taken.append(noted.first - began + latency)
            mouth.stop()
            await saying
        middle, worst = sorted(taken)[times // 2] * 1000, max(taken) * 1000
        row(
            f"from a text to its first sample, {what}, of {times}", f"{middle:.0f} ms, {worst:.0f} ms", "goal <= 100 ms"
        )
    await speaker.close()
    await synthesizer.close()


async def _keep_listening(ear: LiveEar) -> None:
    grammar = compile_grammar(Catalog(tuple(read_tools([*tool_definitions()], "town", trusted=True).tools)), Context())
    while True:
        await ear.listen(grammar, 8.0)


async def _idle(cabin: Cabin, ear: LiveEar, seconds: float, what: str) -> None:
    ours = [os.getpid(), *workers()]
    cpu, heard, began, size = (
        cpu_seconds(ours, cabin.threads),
        ear.heard_seconds,
        time.monotonic(),
        memory() - cabin.recorded,
    )
    await asyncio.sleep(seconds)
    passed, sound = time.monotonic() - began, ear.heard_seconds - heard
    share = (cpu_seconds(ours, cabin.threads) - cpu) / passed
    row(f"{what}, {passed:.0f} s, nobody speaks: processor", f"{share:.1%} of a core", "goal <= 5 %")
    row(f"{what}: sound against the clock", f"{sound - passed:+.2f} s, {ear.lost_seconds:.2f} s lost")
    row(f"{what}: memory before and after", f"{size:.0f} and {memory() - cabin.recorded:.0f} MB", "flat")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args()
    if options.hours:
        asyncio.run(simulated(options.hours))
    if options.minutes:
        asyncio.run(real(options.minutes))


if __name__ == "__main__":
    main()
