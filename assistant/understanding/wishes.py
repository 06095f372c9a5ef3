"""What people say in place of a request: "I'm cold" asks for warmth. Each is read as the request that it means.

The pairs are data of the language; a sentence is one only as a whole. What the plain request reaches is decided like
any other request, so nothing is done here that a plain request would not do.
"""

from __future__ import annotations

from assistant.understanding.language import Language
from assistant.understanding.tokens import plain


class Wishes:
    """The indirect requests of one language."""

    def __init__(self, language: Language) -> None:
        table = language.table("wishes")
        self._idle = frozenset(word for phrase in table["idle"] for word in plain(phrase).split())
        self._meant = {self._bare(said): str(one["means"]) for one in table["pairs"] for said in one["said"]}

    def meant(self, text: str) -> str:
        """Return the plain request that a text stands for; "" if it is none of them."""
        return self._meant.get(self._bare(text), "")

    def _bare(self, text: str) -> tuple[str, ...]:
        return tuple(word for word in plain(text).split() if word not in self._idle)
