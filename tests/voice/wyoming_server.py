"""A Wyoming server in a process of its own, on the protocol's own package: hears with vosk, speaks with espeak-ng.

Run as `python -m tests.voice.wyoming_server MODE`; prints its port. Modes: `works`, `mute` (never answers), `rude`
(closes the connection when asked).
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import AsrProgram, Attribution, Describe, Info, TtsProgram
from wyoming.server import AsyncEventHandler, AsyncServer
from wyoming.tts import Synthesize

MODEL = Path(__file__).parent / "tiny_vosk" / "model"


class Handler(AsyncEventHandler):
    """One connection."""

    def __init__(self, mode: str, model: Any, *args: Any) -> None:
        super().__init__(*args)
        self._mode = mode
        self._model = model
        self._words: list[str] = []
        self._sound = b""

    async def handle_event(self, event: Event) -> bool:
        if self._mode == "rude":
            return False
        if self._mode == "mute":
            return True
        if Describe.is_type(event.type):
            made_by = Attribution("the tests", "https://example.org")
            asr = AsrProgram("vosk", made_by, True, None, None, [])
            tts = TtsProgram("espeak-ng", made_by, True, None, None, [])
            await self.write_event(Info(asr=[asr], tts=[tts]).event())
        if Transcribe.is_type(event.type):
            self._words = Transcribe.from_event(event).transcript_terms or []
        elif AudioChunk.is_type(event.type):
            self._sound += AudioChunk.from_event(event).audio
        elif AudioStop.is_type(event.type):
            await self.write_event(Transcript(self._hear()).event())
        elif Synthesize.is_type(event.type):
            await self._speak(Synthesize.from_event(event).text)
        return True

    def _hear(self) -> str:
        import vosk

        recognizer = vosk.KaldiRecognizer(self._model, 16_000, json.dumps([*self._words, "[unk]"]))
        recognizer.AcceptWaveform(self._sound)
        return str(json.loads(recognizer.FinalResult())["text"]).replace("[unk]", "").strip().capitalize() + "."

    async def _speak(self, text: str) -> None:
        from voice.synthesis.espeak import ASSISTANT_VOICE, EspeakSynthesizer

        synthesizer = EspeakSynthesizer()
        speech = await synthesizer.synthesize(text, ASSISTANT_VOICE)
        await synthesizer.close()
        await self.write_event(AudioStart(speech.sample_rate, 2, 1).event())
        for start in range(0, len(speech.samples), 2048):
            piece = speech.samples[start : start + 2048].astype("<i2").tobytes()
            await self.write_event(AudioChunk(speech.sample_rate, 2, 1, piece).event())
        await self.write_event(AudioStop().event())


async def main(mode: str) -> None:
    import vosk

    vosk.SetLogLevel(-2)
    model = vosk.Model(str(MODEL))
    server = AsyncServer.from_uri("tcp://127.0.0.1:0")
    await server.start(lambda *args: Handler(mode, model, *args))
    print(server._server.sockets[0].getsockname()[1], flush=True)  # type: ignore[attr-defined]  # the package has no public way
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
