"""How likely a sequence of words is in everyday English, by the trigrams in pocketsphinx's wheel.

Free texts of the speech model are ranked with it, because "the carries in the garage" sounds like "the car is in the
garage". It hears nothing, and never ranks sentences of the grammar.
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
"""Weight of the trigrams' natural logarithm against the speech model's."""
_UNKNOWN = -14.0
"""Least natural logarithm of a word; also used for unknown words."""
_A_WORD = 6.0
"""Bonus for each word, about its cost in an everyday sentence; without it, dropped words would make a text likelier."""
_BASE = 1.0001
"""Base of pocketsphinx's logarithms."""
_BEGINS, _ENDS = "<s>", "</s>"


class Fluency:
    """The trigrams, 28 MB; loaded at the first use."""

    def __init__(self) -> None:
        self._model: Any = None

    def of(self, text: str) -> float:
        """Return the natural logarithm of the likelihood of a whole sentence; about 0 for an everyday one."""
        words = [_BEGINS, *plain_words(text).split(), _ENDS]
        model = self._loaded()
        total = 0.0
        for place in range(1, len(words)):
            newest_first = words[max(0, place - 2) : place + 1][::-1]
            total += max(_UNKNOWN, model.prob(newest_first) * math.log(_BASE))
        return total + _A_WORD * (len(words) - 2)

    def weighed(self, found: Sequence[FoundText]) -> list[FoundText]:
        """Return the texts; dictated ones are ranked by sound and fluency together.

        The best dictated text gets the rank that the likeliest one had, so that dictated texts and sentences of the
        grammar compare as before.
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
