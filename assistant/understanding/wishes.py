"""What people say in place of a request: "I'm cold" asks for warmth. Each is read as the request that it means.

The pairs are data of the language; a sentence is one only as a whole. What the plain request reaches is decided like
any other request, so nothing is done here that a plain request would not do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.understanding.idioms import BLANK, spaced
from assistant.understanding.language import Language
from assistant.understanding.tokens import plain

AMONG = "{among}"
"""What stands in a pattern for one of its words, and in its request for what is wished for by that word."""


class Wishes:
    """The indirect requests of one language."""

    def __init__(self, language: Language) -> None:
        table = language.table("wishes")
        self._idle = frozenset(word for phrase in table["idle"] for word in plain(phrase).split())
        self._meant = {self._bare(said): str(one["means"]) for one in table["pairs"] for said in one["said"]}
        self._patterns = [
            (_pattern(said, one["among"]), str(one["means"]), dict(one["among"]))
            for one in table["patterns"]
            for said in one["said"]
        ]

    def meant(self, text: str) -> str:
        """Return the plain request that a text stands for; "" if it is none of them."""
        return self._meant.get(self._bare(text), "") or self._filled(text)

    def _filled(self, text: str) -> str:
        """Return the request of the pattern that a text is, with the driver's own words in its blank."""
        written = text.strip(" .!").replace("\u2019", "'").lower()
        for pattern, means, among in self._patterns:
            found = pattern.fullmatch(written)
            if found is not None:
                things, wished = found.groupdict(), among[found["among"]]
                return means.replace(AMONG, wished).replace(BLANK, things.get("thing") or "")
        return ""

    def _bare(self, text: str) -> tuple[str, ...]:
        return tuple(word for word in plain(text).split() if word not in self._idle)


def _pattern(said: str, among: Mapping[str, str]) -> re.Pattern[str]:
    whole = spaced(said).replace(BLANK, "(?P<thing>.+?)").replace(AMONG, f"(?P<among>{'|'.join(among)})")
    return re.compile(whole)
