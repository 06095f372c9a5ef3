"""How likely people put words in that order: the trigrams of everyday English in pocketsphinx's wheel.

What the speech model takes down freely is weighed by it, as "the carries in the garage" sounds like "the car is in the
garage". It hears nothing, and weighs no sentence of the grammar.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from voice.plain_words import plain_words
from voice.recognition.neural.sound_search import FoundText

WEIGHT = 0.3
"""What a natural logarithm of the trigrams counts beside one of the speech model."""
_UNKNOWN = -14.0
"""Natural logarithm of a word that the trigrams do not know, or of any other that they hold for less likely."""
_A_WORD = 6.0
"""What each word adds, about what one costs in an everyday sentence: else words left out would make it likelier."""
_BASE = 1.0001
"""Base of pocketsphinx's logarithms."""
_BEGINS, _ENDS = "<s>", "</s>"


class Fluency:
    """The trigrams; loaded when they are first asked for, 28 MB."""

    def __init__(self) -> None:
        self._model: Any = None

    def of(self, text: str) -> float:
        """Return how likely the words are as a whole sentence, in natural logarithms; about 0 for an everyday one."""
        words = [_BEGINS, *plain_words(text).split(), _ENDS]
        model = self._loaded()
        total = 0.0
        for place in range(1, len(words)):
            newest_first = words[max(0, place - 2) : place + 1][::-1]
            total += max(_UNKNOWN, model.prob(newest_first) * math.log(_BASE))
        return total + _A_WORD * (len(words) - 2)

    def weighed(self, found: Sequence[FoundText]) -> list[FoundText]:
        """Return the texts, those taken down behind words of the grammar ranked by sound and fluency together.

        The best of them keeps the rank that the likeliest had, so that sentences of the grammar are neither favoured
        nor outdone by it.
        """
        taken = [one for one in found if one.head]
        if len(taken) < 2:
            return list(found)
        worth = {id(one): one.score + WEIGHT * self.of(one.text[len(one.head) :]) for one in taken}
        shift = max(one.score for one in taken) - max(worth.values())
        return [replace(one, rank=worth[id(one)] + shift) if one.head else one for one in found]

    def _loaded(self) -> Any:
        if self._model is None:
            from pocketsphinx import Config, LogMath, NGramModel, get_model_path

            file = Path(str(get_model_path("en-us"))) / "en-us.lm.bin"
            self._model = NGramModel(Config(), LogMath(_BASE), str(file))
        return self._model
