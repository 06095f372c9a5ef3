"""The language McQueen speaks now, and its sentences, which are data in the language files, never in code.

Only reads those files. `step` speaks the language of its state, whatever language was set before.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from assistant.understanding.language import BASE

_FOLDER = Path(__file__).parent
_SUFFIX = ".wording.toml"
_SPOKEN: ContextVar[str] = ContextVar("spoken language", default=BASE)


class Wording:
    """The sentences of one language, by section and name."""

    def __init__(self, raw: Mapping[str, Any], code: str) -> None:
        self.code = code
        self.voice: str = raw["voice"]
        """The espeak-ng voice for the language if the settings name none."""
        self.prompts: Mapping[str, tuple[str, ...]] = {name: tuple(texts) for name, texts in raw["prompts"].items()}
        self._raw = raw

    def text(self, section: str, name: str, /, **values: object) -> str:
        """Return a sentence with its values."""
        sentence: str = self._raw[section][name]
        return sentence.format(**values) if values else sentence

    def texts(self, section: str, name: str) -> tuple[str, ...]:
        """Return the forms of a sentence: one, or one for a single thing and one for several."""
        found: str | list[str] = self._raw[section][name]
        return (found,) if isinstance(found, str) else tuple(found)

    def counted(self, section: str, name: str, /, count: int, **values: object) -> str:
        """Return the form of a sentence for that many things, with its values."""
        forms = self.texts(section, name)
        return (forms[0] if count == 1 else forms[-1]).format(count=count, **values)

    def list(self, section: str, name: str) -> list[Any]:
        """Return the list with that key."""
        found: list[Any] = self._raw[section][name]
        return found

    def table(self, section: str, name: str = "") -> Mapping[str, str]:
        """Return the mapping with that key."""
        found: Mapping[str, str] = self._raw[section][name] if name else self._raw[section]
        return found


def languages() -> tuple[str, ...]:
    """Return the languages that McQueen speaks, by their codes."""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in _FOLDER.glob(f"*{_SUFFIX}")))


@cache
def wording_of(code: str) -> Wording:
    """Return the sentences of that language, read once. Raises `FileNotFoundError` if it has none."""
    return Wording(tomllib.loads((_FOLDER / f"{code}{_SUFFIX}").read_text(encoding="utf-8")), code)


def wording() -> Wording:
    """Return the sentences of the language spoken now."""
    return wording_of(_SPOKEN.get())


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak that language until the block ends."""
    before = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(before)
