"""The sound of one drive: the ear that takes the driver's lines, McQueen's mouth, and the recording of both.

Without voice it takes lines as typed and makes no sound. It does not know the script and checks nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

from assistant.conversation.live_sound import SilentMouth
from assistant.drives.cabin_sound import CabinEar, DriveLine, TypedEar, WorkingSynthesizer, in_the_cabin
from assistant.drives.format import Step
from assistant.drives.virtual_clock import VirtualClock
from assistant.voice_opening import Voices
from voice.audio import TimelineRecorder, read_wav
from voice.mouth import Mouth
from voice.recognition.recognizer_base import Samples


class DriveSound:
    """The ear, mouth and recording of a drive; its conversation uses `ear` and `mouth`."""

    ear: CabinEar | TypedEar
    mouth: Mouth | SilentMouth

    def __init__(self, path: Path, voices: Voices | None, clock: VirtualClock) -> None:
        """`path` is the drive's file: its recordings are searched in the same folder, and its name seeds the noise."""
        self._path = path
        self._voices = voices
        self._clock = clock
        self._recorder = TimelineRecorder(clock.sleep, clock.monotonic)
        if voices is None:
            self.ear, self.mouth = TypedEar(clock.sleep), SilentMouth(clock.sleep)
        else:
            self.ear = CabinEar(voices.recognizer, clock.sleep, clock.working, seed=self._seed("noise"))
            synthesizer = WorkingSynthesizer(voices.synthesizer, clock.working)
            self.mouth = Mouth(synthesizer, self._recorder, voices.assistant)

    def watch(self, on_said: Callable[[DriveLine, bool], None]) -> None:
        """Set a listener that is called with False when a line of the driver begins and with True when it ends; record
        the line.
        """

        def said(line: DriveLine, ended: bool) -> None:
            on_said(line, ended)
            if not ended and line.samples is not None:
                self._recorder.place(line.samples, 16_000, self._clock.monotonic())

        self.ear.watch(said)

    async def say(self, step: Step, name: str, noise_db: float) -> None:
        """Say a step's line once McQueen listens, that many dB above the noise; `name` seeds that noise.

        Raises `VoiceError` if the line cannot be synthesised or its recording cannot be read.
        """
        assert step.driver is not None
        self.ear.set_noise(noise_db)
        self.ear.say(DriveLine(step.driver, await self._samples(step.driver, step.wav, name, noise_db), step.heard))

    def write(self, record: Path | None) -> Path | None:
        """Write both voices as a WAV file and return its path; None without sound or without a wanted file."""
        if self._voices is None or record is None:
            return None
        self._recorder.write(record)
        return record

    async def _samples(self, text: str, wav: str | None, name: str, noise_db: float) -> Samples | None:
        if self._voices is None:
            return None
        with self._clock.working():
            if wav:
                return read_wav(self._path.parent / wav)
            speech = await self._voices.drivers.synthesize(text, self._voices.driver)
        return in_the_cabin(speech.samples, speech.sample_rate, self._seed(name), noise_db)

    def _seed(self, text: str) -> int:
        return zlib.crc32(f"{self._path.stem}/{text}".encode())
