"""Says idioms of a language in plain words: "wake me up in ten minutes" is "set a timer for ten minutes".

The idioms are data of the language: patterns with blanks, and the plain request with the same blanks in their order.
It knows no tool and decides nothing: what the plain request reaches is decided like that of any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.references import Rewritten, rewritten

BLANK = "{}"
"""What stands in a pattern, and in its plain request, for the driver's own words."""


@dataclass(frozen=True)
class _Idiom:
    """One idiom."""

    pattern: re.Pattern[str]
    plain: tuple[str, ...]
    """The words of the plain request around its blanks: one more than there are blanks."""
    surely: bool
    """Whether the plain words go before what the idiom itself is taken for."""
    instead: bool
    """Whether the idiom's own words may not be taken for anything: "off mute" is no order to mute."""
    asks: bool
    """Whether it asks how something is, so that it is said in plain words where a question is read."""


class Idioms:
    """The idioms of one language."""

    def __init__(self, language: Language) -> None:
        around = language.table("sayings", "around")
        before, behind = ("|".join(map(spaced, around[side])) for side in ("before", "behind"))
        frame = rf"\s*(?:(?:{before})[\s,]+)*{{}}(?:[\s,]+(?:{behind}))*[\s.!]*"
        self._known = tuple(
            _Idiom(
                re.compile(frame.format(spaced(said).replace(BLANK, "(.+?)")), re.IGNORECASE),
                tuple(one["means"].split(BLANK)),
                bool(one.get("surely")),
                bool(one.get("instead")),
                bool(one.get("asks")),
            )
            for one in language.table("sayings")["pairs"]
            for said in one["said"]
        )

    def plainly(self, text: str, *, surely: bool, asks: bool = False) -> Iterator[Rewritten]:
        """Yield the text in plain words, by each idiom that it is as a whole; `asks` is whether it is a question."""
        known = (each for each in self._known if each.surely is surely and each.asks is asks and not each.instead)
        return self._said(text, known)

    def instead(self, text: str) -> Rewritten | None:
        """Return the text in the plain words that alone may be read in its place; None if it may be read itself."""
        return next(self._said(text, (each for each in self._known if each.instead)), None)

    def _said(self, text: str, idioms: Iterable[_Idiom]) -> Iterator[Rewritten]:
        written = text.replace("’", "'")
        for idiom in idioms:
            found = idiom.pattern.fullmatch(written)
            if found is None:
                continue
            starts = [0, *(found.end(blank) for blank in range(1, len(idiom.plain)))]
            ends = [*(found.start(blank) for blank in range(1, len(idiom.plain))), len(text)]
            yield rewritten(text, list(zip(starts, ends, idiom.plain, strict=True)))


def spaced(said: str) -> str:
    """Return a phrase as a pattern: "(up )?" is what may be left out, "(me|us)" a choice."""
    return said.replace("(", "(?:").replace(" ", r"\s+")
