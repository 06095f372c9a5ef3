"""The town in another language than English: titles, example sentences and answers of its tools, as data of a folder.

A tool's name, parameters and action stay the same. Words without a translation stay English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.hosting.host import Done, Refused
from assistant.town.localized_definitions import in_words, words_in
from assistant.town.town_host import TownHost
from assistant.town.world import World


class LocalizedTown(TownHost):
    """The town in the language with that code. Raises `FileNotFoundError` if the folder has no file for it."""

    def __init__(self, world: World, code: str) -> None:
        super().__init__(world)
        self._words = words_in(code)
        self._localized = {name: in_words(entry, self._words) for name, entry in self._definitions.items()}

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The town's tools, in that language."""
        return self._localized

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused:
        """Call a tool; its answer is in that language if there are words for it."""
        answer = await super().call(tool, arguments, idempotency_key=idempotency_key, agreed=agreed)
        summary = self._words.get(tool, {}).get("summary")
        if not isinstance(answer, Done) or summary is None:
            return answer
        try:
            told = str(summary).format(**answer.result)
        except (KeyError, IndexError):  # the tool found nothing to report
            return answer
        return Done({**answer.result, "summary": told}, told)
