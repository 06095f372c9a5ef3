"""Hears one utterance several times, each time with slightly changed pitch and tempo, because voices differ.

The likelihood of a text is its mean over all hearings. Searches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from voice.recognition.neural.model import Decoded, Floats, SpeechModel
from voice.recognition.neural.vocabulary import Vocabulary
from voice.recognition.recognizer_base import SAMPLE_RATE

AS_IT_IS = 1.0
"""Factor of the unchanged sound, which is enough for clear speech."""
STRETCHES = (0.95, 1.05)
"""Factors of the length of the sound. Of 60 human commands at 6 dB, one hearing had 54 right and these two had 56;
other pairs (0.97 and 1.03, 0.93 and 1, 0.92 and 1.08) and three at once had 54 or 55."""


class SeveralHearings:
    """The speech model, with one sound in several lengths."""

    def __init__(self, model: SpeechModel) -> None:
        self._model = model
        self.vocabulary: Vocabulary = model.vocabulary

    def encode(self, sound: Floats, factor: float) -> Floats:
        """Return the states of one hearing."""
        return self._model.encode(_stretched(sound, factor))

    def begin(self, states: Sequence[Floats]) -> tuple[list[Decoded], Floats]:
        """Return the first step of a text in each hearing, and the mean likelihoods of the first token."""
        begun = [self._model.begin(each) for each in states]
        return [decoded for decoded, _ in begun], _mean([logits for _, logits in begun])

    def go_on(
        self, decoded: Sequence[Decoded], parents: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64]
    ) -> Floats:
        """Append tokens to texts; return the mean likelihoods of the next token, one row for each text."""
        return _mean([self._model.go_on(each, parents, tokens) for each in decoded])


def _mean(logits: Sequence[Floats]) -> Floats:
    """Return the mean of several logits, as normalised logarithms of likelihoods."""
    return logits[0] if len(logits) == 1 else np.asarray(sum(logits[1:], logits[0]) / len(logits), np.float32)


def _stretched(sound: Floats, factor: float) -> Floats:
    if factor == 1.0 or not len(sound):
        return sound
    import soxr

    return np.asarray(soxr.resample(sound, SAMPLE_RATE, SAMPLE_RATE * factor), np.float32)
