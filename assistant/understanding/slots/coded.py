"""Values of a `pattern`: plates, postal codes and numbers, typed or spelled out ("m h one two a b one two three four").

Only proposes what the pattern accepts; it never changes a letter or digit that was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.understanding.slots.candidate import Candidate
from assistant.understanding.slots.entities import Entities, EntityFinder
from assistant.understanding.slots.parameters import Slot
from client.patterns import matches

LONGEST = 12
"""Words of one value."""
MOST_LETTERS = 32
"""Letters of one value."""
MOST_WORDS = 40
"""Words of a sentence in which such values are looked for."""


class Coded:
    """Proposals for parameters with a pattern, in one language."""

    def __init__(self, finder: EntityFinder) -> None:
        self._finder = finder

    def of(self, slot: Slot, entities: Entities) -> Iterator[Candidate]:
        """Yield the stretches of words that are, without gaps, what the pattern wants; only ones with a digit."""
        raw = slot.schema.get("pattern")
        if not isinstance(raw, str):
            return
        pattern = raw if raw.startswith("^") and raw.endswith("$") else f"^(?:{raw})$"
        pieces = [self._piece(entities, place) for place in range(min(len(entities.words), MOST_WORDS))]
        for start in range(len(pieces)):
            text = ""
            for end in range(start, min(len(pieces), start + LONGEST)):
                text += pieces[end]
                if len(text) > MOST_LETTERS:
                    break
                if not any(c.isdigit() for c in text) or not pieces[end] or not pieces[start]:
                    continue
                spoken = entities.text[entities.words[start].start : entities.words[end].end]
                for form in dict.fromkeys((spoken, text, text.upper(), text.lower())):
                    if matches(pattern, form):
                        yield Candidate(slot, form, start, end + 1, 0.7 + 0.02 * (end - start))
                        break

    def _piece(self, entities: Entities, place: int) -> str:
        """Return what a word adds to such a value: digits for numbers, nothing for what parts them."""
        word = entities.words[place]
        if not word.spoken:
            return "" if word.text in "-/.,()" else word.text
        number = self._finder.numbers.at([word], 0)
        if number is not None and number.whole and not word.text.isdigit():
            return str(int(number.value))
        return re.sub(r"[-./]", "", word.text)
