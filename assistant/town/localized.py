"""The town in another language than English: titles, example sentences and answers of its tools, as data of a folder.

A tool's name, parameters and action stay the same. Words without a translation stay English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from assistant.hosting.host import Done, Refused
from assistant.town.town_host import TownHost
from assistant.town.world import World


class LocalizedTown(TownHost):
    """The town in the language with that code. Raises `FileNotFoundError` if the folder has no file for it."""

    def __init__(self, world: World, code: str) -> None:
        super().__init__(world)
        text = (files("assistant.town") / "language" / f"{code}.toml").read_text(encoding="utf-8")
        self._words: Mapping[str, Mapping[str, Any]] = tomllib.loads(text)
        self._localized = {name: self._in_its_words(entry) for name, entry in self._definitions.items()}

    def _in_its_words(self, definition: Mapping[str, Any]) -> Mapping[str, Any]:
        words = self._words.get(definition["name"], {})
        meta = {**definition["_meta"], "mcqueen/examples": list(words.get("examples", ()))}
        return {**definition, "title": words.get("title", definition["title"]), "_meta": meta}

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
