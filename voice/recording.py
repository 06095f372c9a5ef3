"""Makes a short recording and names its faults, for `mcqueen doctor --audio`. It never stores the sound on disk."""

from __future__ import annotations

import numpy as np

from voice.audio import BLOCK_SECONDS
from voice.front_end import SILENT_DB, level_db
from voice.microphone import Microphone
from voice.recognition.recognizer_base import Samples

QUIET_DB = -50.0
"""Decibels of full scale; speech at arm's length is louder than this in nearly every set-up."""
_CLIPPED = 32_700
_CLIPPED_SHARE = 0.001


async def record(microphone: Microphone, seconds: float) -> tuple[Samples, str]:
    """Return that many seconds of sound at 16 kHz and the device's name. Raises `DeviceError`."""
    taken: list[Samples] = []
    name = ""
    blocks = microphone.blocks()
    try:
        async for block in blocks:
            name = microphone.device.name if microphone.device else name
            taken.append(block)
            if len(taken) * BLOCK_SECONDS >= seconds:
                break
    finally:
        await blocks.aclose()
    return np.concatenate(taken), name


def describe_recording(samples: Samples) -> str:
    """Return the problem and the cure in one sentence; empty if speech can be heard in the recording."""
    loudest = max((level_db(block) for block in np.array_split(samples, max(1, len(samples) // 1_600))), default=-96.0)
    if loudest <= SILENT_DB + 1.0:
        return (
            "nothing but digital silence: it is muted, or this user may not record; allow it in the system's settings"
        )
    if float(np.mean(np.abs(samples.astype(np.int32)) >= _CLIPPED)) > _CLIPPED_SHARE:
        return "too loud, the sound is clipped; turn the input level down"
    if loudest < QUIET_DB:
        return f"very quiet ({loudest:.0f} dB at its loudest); turn the input level up, or speak closer to it"
    return ""
