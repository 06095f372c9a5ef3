"""How often the wake word is spotted, and false wakes: an hour of synthetic speech (this program's own documentation,
read by several voices) and recordings.

Faster than real time. It counts what wakes and judges nothing else.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.benchmark_rows import row
from benchmarks.voice_parts import Clip, noisy
from voice.audio import BLOCK, resampled
from voice.noise import cabin_noise, mix
from voice.recognition.recognizer_base import SAMPLE_RATE, Samples
from voice.synthesis.espeak import EspeakSynthesizer
from voice.synthesis.synthesizer_base import Voice
from voice.wake import PHRASE, PhraseSpotter

_VOICES = tuple(Voice(name, 165, pitch) for name, pitch in (
    ("en-us+m3", 45), ("en-us+f2", 55), ("en-us+m7", 40), ("en-us+f4", 60), ("en-us+f3", 50), ("en-us+m1", 35),
))  # fmt: skip
_CALLERS = (*(one.name for one in _VOICES), "en-us", "en-us+m4", "en-us+m8", "en-us+f1", "en-us+f5", "en-gb-scotland")
_RATES = (140, 170, 210)
"""Words a minute: slow, usual and hurried."""
_LEVELS = (25, 15, 10, 6)
_PAUSE = np.zeros(SAMPLE_RATE // 2, np.int16)
_SNR_DB = 15.0
_OURS = re.compile(r"\b(hey )?mcqueen('s)?\b", re.IGNORECASE)
"""The phrase itself is taken out of what is read: waking on it is no mistake."""


def texts() -> list[str]:
    """Return the sentences of the documentation, without tables, code and our own name."""
    root = Path(__file__).resolve().parent.parent
    found: list[str] = []
    for path in sorted([*root.glob("*.md"), *(root / "docs").glob("*.md")]):
        plain = re.sub(r"```.*?```", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        lines = [line for line in plain.splitlines() if line and not line.startswith(("|", "    ", "#", "<"))]
        words = _OURS.sub("it", re.sub(r"[^A-Za-z0-9',.?! ]+", " ", " ".join(lines)))
        found += [one.strip() for one in re.split(r"(?<=[.?!])\s+", words) if 20 < len(one) < 200]
    return list(dict.fromkeys(found))


async def speech(minutes: float) -> AsyncIterator[Samples]:
    """Yield that much speech, a sentence at a time, voices and noise taking turns; sentences come again if need be."""
    sentences, given, number = texts(), 0.0, 0
    synthesizer = EspeakSynthesizer()
    try:
        while given < minutes * 60.0:
            voice = _VOICES[number % len(_VOICES)]
            made = await synthesizer.synthesize(sentences[number % len(sentences)], voice)
            sound = np.concatenate([resampled(made.samples, made.sample_rate), _PAUSE])
            sound = mix(sound, cabin_noise(len(sound) / SAMPLE_RATE, seed=number), _SNR_DB)
            given += len(sound) / SAMPLE_RATE
            number += 1
            yield sound
    finally:
        await synthesizer.close()


async def hits(noise: Samples) -> None:
    """Rows: the phrase said by twelve voices, slowly, usually and in a hurry, at four levels of noise."""
    spotter, synthesizer = PhraseSpotter(), EspeakSynthesizer()
    try:
        for rate in _RATES:
            spotted = dict.fromkeys(_LEVELS, 0)
            for caller in _CALLERS:
                made = await synthesizer.synthesize(PHRASE, Voice(caller, rate, 50))
                for level in _LEVELS:
                    sound = noisy(resampled(made.samples, made.sample_rate), noise, level, f"{caller} {rate}")
                    spotted[level] += bool(await _wakes(spotter, sound))
                    await spotter.reset()
            found = ", ".join(f"{count} at {level} dB" for level, count in spotted.items())
            row(f"synthetic, wake word at {rate} words a minute, spotted of {len(_CALLERS)}", found)
    finally:
        await spotter.close()
        await synthesizer.close()


async def false_wakes(clips: Sequence[Clip], kitchen: Samples, minutes: float) -> None:
    """Rows: wakes in synthetic speech, and in human commands, clean and at 15 dB; none of them has the phrase."""
    spotter = PhraseSpotter()
    try:
        wakes, seconds = 0, 0.0
        async for sound in speech(minutes):
            wakes += await _wakes(spotter, sound)
            seconds += len(sound) / SAMPLE_RATE
        rate = wakes / max(seconds, 1.0) * 3600.0
        row(f"synthetic, {seconds / 60:.0f} minutes at 15 dB: false wakes", f"{wakes} = {rate:.1f} an hour")
        wakes, seconds = 0, 0.0
        for clip in clips:
            for level in (None, 15):
                sound = noisy(clip.samples, kitchen, level, clip.id)
                wakes += await _wakes(spotter, sound)
                seconds += len(sound) / SAMPLE_RATE
        if clips:
            rate = wakes / max(seconds, 1.0) * 3600.0
            row(f"human, {seconds / 60:.0f} minutes, half at 15 dB: false wakes", f"{wakes} = {rate:.1f} an hour")
    finally:
        await spotter.close()


async def _wakes(spotter: PhraseSpotter, sound: Samples) -> int:
    return sum([await spotter.spots(sound[at : at + BLOCK]) for at in range(0, len(sound), BLOCK)])
