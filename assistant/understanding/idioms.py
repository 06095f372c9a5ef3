"""Says idioms of a language in plain words: "wake me up in ten minutes" is "set a timer for ten minutes".

The idioms are data of the language: patterns with blanks, and the plain request with the same blanks in their order.
It knows no tool and decides nothing: what the plain request reaches is decided like that of any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
            )
            for one in language.table("sayings")["pairs"]
            for said in one["said"]
        )

    def plainly(self, text: str, *, surely: bool) -> Iterator[Rewritten]:
        """Yield the text in plain words, by each idiom that it is as a whole."""
        written = text.replace("’", "'")
        for idiom in self._known:
            found = idiom.pattern.fullmatch(written) if idiom.surely is surely else None
            if found is None:
                continue
            starts = [0, *(found.end(blank) for blank in range(1, len(idiom.plain)))]
            ends = [*(found.start(blank) for blank in range(1, len(idiom.plain))), len(text)]
            yield rewritten(text, list(zip(starts, ends, idiom.plain, strict=True)))


def spaced(said: str) -> str:
    """Return a phrase as a pattern: "(up )?" is what may be left out, "(me|us)" a choice."""
    return said.replace("(", "(?:").replace(" ", r"\s+")
