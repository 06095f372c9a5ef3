"""What this driver's sentences turned out to mean: kept as examples on this device, and forgotten on request.

Keeps the shape of a sentence, never names, messages or other free words: those are put down as their parameter's name.
It sends nothing anywhere and decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.understanding.reading import Interpretation
from client.catalog import Tool
from client.records.private_file import write_private
from client.values import JSON

FILE_NAME = "experience.json"
"""In the data folder."""
MOST_OF_ONE = 40
"""Examples kept of one tool; the oldest go first."""
MOST_TOOLS = 500
LONGEST = 200
"""Letters of a sentence that is worth keeping."""


class Experience:
    """The examples of one driver, in one JSON file that only its owner can read (mode 0600)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._examples = _read(path)

    @property
    def examples(self) -> Mapping[str, Sequence[str]]:
        """The examples by qualified tool name, oldest first, marked as `mcqueen/examples` are."""
        return self._examples

    def learn(self, text: str, meant: Interpretation, tool: Tool) -> bool:
        """Keep a sentence as an example of what it was confirmed or corrected to mean; False where it tells nothing.

        Raises `OSError` where the file cannot be written.
        """
        example = as_example(text, meant, tool)
        if example is None:
            return False
        kept = [found for found in self._examples.get(tool.qualified, ()) if found != example]
        for name, found in list(self._examples.items()):
            self._examples[name] = [each for each in found if each != example]  # a correction replaces an error
        self._examples.pop(tool.qualified, None)
        self._examples[tool.qualified] = [*kept, example][-MOST_OF_ONE:]
        while len(self._examples) > MOST_TOOLS:
            self._examples.pop(next(iter(self._examples)))
        self._write()
        return True

    def forget(self, tool: str = "") -> int:
        """Forget what was learned of that tool, or everything; return how many examples are gone.

        Raises `OSError` where the file cannot be written.
        """
        names = [tool] if tool else list(self._examples)
        gone = sum(len(self._examples.pop(name, ())) for name in names)
        self._write()
        return gone

    def _write(self) -> None:
        if not self._examples:
            self._path.unlink(missing_ok=True)
            return
        write_private(self._path, json.dumps({"examples": self._examples}, ensure_ascii=False, indent=1).encode())


def as_example(text: str, meant: Interpretation, tool: Tool) -> str | None:
    """Return the sentence with its arguments marked, free words put down as their parameter's name.

    None where it is too long, or a free argument's place in it is not known: then it might keep what is private.
    """
    if len(text) > LONGEST or not text.strip():
        return None
    pieces: list[str] = []
    place = 0
    for name, value in meant.arguments.items():
        if name not in meant.spans and _free(tool, name, value) and str(value).casefold() in text.casefold():
            return None
    for path, span in sorted(meant.spans.items(), key=lambda item: item[1].start):
        if span.start < place:
            continue  # two arguments from the same words: the first is mark enough
        name = path.split(".", maxsplit=1)[0]
        said = text[span.start : span.end]
        shown = path.replace("_", " ") if _free(tool, name, meant.arguments.get(name)) else said
        pieces += [_escaped(text[place : span.start]), f"[{_escaped(shown)}]({_escaped(path)})"]
        place = span.end
    return "".join(pieces) + _escaped(text[place:])


def _free(tool: Tool, name: str, value: JSON) -> bool:
    """Return whether an argument is free words: a name, a message, an address, a list of such."""
    schema = tool.properties.get(name, {})
    items = schema.get("items")
    inner = items if isinstance(items, Mapping) else schema
    typed = {"enum", "const"} & inner.keys() or inner.get("format") in ("date", "time", "date-time", "duration")
    return not typed and not isinstance(value, bool | int | float)


def _escaped(text: str) -> str:
    return "".join("\\" + letter if letter in "\\[]()" else letter for letter in text)


def _read(path: Path) -> dict[str, list[str]]:
    """Return what the file holds; what cannot be read is nothing learned, since it only ever helps."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    found = raw.get("examples") if isinstance(raw, dict) else None
    if not isinstance(found, dict):
        return {}
    return {
        str(name): [each for each in examples if isinstance(each, str)][-MOST_OF_ONE:]
        for name, examples in found.items()
        if isinstance(examples, list)
    }
