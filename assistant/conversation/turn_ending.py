"""The limits of `assistant.policy.timing` that end the driver's turn, as `EndpointingSettings`. Decides nothing."""

from __future__ import annotations

from assistant.policy.timing import (
    COMPLETE_SILENCE_SECONDS,
    ENDING_SILENCE_SECONDS,
    LONGEST_RECORDING_SECONDS,
    NO_SPEECH_SECONDS,
    OPEN_SILENCE_SECONDS,
    PRE_ROLL_SECONDS,
)
from voice.endpointing import EndpointingSettings


def turn_ending(silence: float = ENDING_SILENCE_SECONDS) -> EndpointingSettings:
    """Return the limits with 0.5 to 3.0 seconds of silence after a sentence that may be complete or not.

    Raises `ValueError` outside that range.
    """
    return EndpointingSettings(
        ending_silence=silence,
        complete_silence=COMPLETE_SILENCE_SECONDS,
        open_silence=max(OPEN_SILENCE_SECONDS, silence),
        longest=LONGEST_RECORDING_SECONDS,
        no_speech=NO_SPEECH_SECONDS,
        pre_roll=PRE_ROLL_SECONDS,
    )
