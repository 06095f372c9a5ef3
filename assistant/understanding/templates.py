"""Examples of a tool, `book a table for [four](party_size)`: read, and matched word for word.

An example that names a parameter the tool does not have is left out with a warning; nothing is repaired.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.understanding.language import Language
from assistant.understanding.tokens import plain
from client.catalog import Tool

_log = logging.getLogger(__name__)

_PART = re.compile(r"\\(.)|\[((?:\\.|[^\]\\])*)\]\(((?:\\.|[^)\\])*)\)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
LONGEST = 200
"""Letters of a sentence that is compared with the examples; no example is longer."""


@dataclass(frozen=True)
class Marked:
    """One marked piece of an example."""

    path: str
    """Parameter, with dots for nested properties."""
    start: int
    end: int


@dataclass(frozen=True)
class Example:
    """An example with its marks taken out."""

    text: str
    marks: tuple[Marked, ...]


def read_example(raw: str) -> Example:
    """Return the sentence and where its arguments stand."""
    text = ""
    marks: list[Marked] = []
    place = 0
    for found in _PART.finditer(raw):
        text += raw[place : found.start()]
        place = found.end()
        if found.group(1) is not None:
            text += found.group(1)
            continue
        surface = _ESCAPE.sub(r"\1", found.group(2))
        marks.append(Marked(_ESCAPE.sub(r"\1", found.group(3)).strip(), len(text), len(text) + len(surface)))
        text += surface
    return Example(text + raw[place:], tuple(marks))


def examples_of(tool: Tool, more: Sequence[str] = ()) -> list[Example]:
    """Return the tool's usable examples and `more` of them; one with an unknown path is left out with a warning."""
    found: list[Example] = []
    for raw in (*tool.examples, *more):
        example = read_example(raw)
        unknown = [mark.path for mark in example.marks if not has_path(tool, mark.path)]
        if unknown:
            _log.warning("the example %r of %s names %s, which the tool does not have", raw, tool.name, unknown[0])
        elif example.text.strip():
            found.append(example)
    return found


def has_path(tool: Tool, path: str) -> bool:
    """Return whether the tool has that parameter (a name may itself hold dots)."""
    if path in tool.properties:
        return True
    inner: object = tool.properties
    for part in path.split("."):
        if not isinstance(inner, Mapping) or part not in inner:
            return False
        child = inner[part]
        inner = child.get("properties") if isinstance(child, Mapping) else None
    return True


@dataclass(frozen=True)
class Template:
    """An example as its fixed words and the gaps between them."""

    tool: Tool
    runs: tuple[tuple[int, tuple[str, ...]], ...]
    """Fixed words in order, each with how many marks stand before it."""
    end: int
    """Marks after the last fixed word."""
    fixed: int
    """Letters outside the marks: more of them make a better match."""
    listed: frozenset[str] = frozenset()
    """Words of values that are listed for the marks: they are the tool's own as well."""
    closed: frozenset[str] = frozenset()
    """If each mark has listed values: all words that may be said. Any other word says something else."""

    def own(self, words: Sequence[str]) -> int:
        """Return how many letters of a sentence are the example's own, or those of listed values; 0 if it says more."""
        if self.closed and not self.closed.issuperset(words):
            return 0
        return self.fixed + sum(len(word) + 1 for word in words if word in self.listed)

    def fits(self, words: Sequence[str]) -> bool:
        """Return whether the words are this example with at least one word for each mark; no sentence makes it slow."""
        place = 0
        last = len(self.runs) - 1
        for number, (marks, run) in enumerate(self.runs):
            first = place + marks
            final = len(words) - len(run)
            if number == last and not self.end:
                if final < first or (not marks and final != first):
                    return False
                first = final
            elif marks:
                first = next((i for i in range(first, final + 1) if tuple(words[i : i + len(run)]) == run), -1)
                if first < 0:
                    return False
            if tuple(words[first : first + len(run)]) != run:
                return False
            place = first + len(run)
        return len(words) - place >= self.end if self.end else len(words) == place


def templates_of(
    examples: Mapping[str, Sequence[Example]], tools: Sequence[Tool], language: Language
) -> list[Template]:
    """Return the patterns of all examples (by the tool's qualified name) with at least one fixed word."""
    found = [_template(tool, example, language) for tool in tools for example in examples.get(tool.qualified, ())]
    return [template for template in found if template is not None]


def _template(tool: Tool, example: Example, language: Language) -> Template | None:
    articles = frozenset(language.mood["articles"])
    runs: list[tuple[int, tuple[str, ...]]] = []
    place = fixed = marks = 0
    for mark in (*example.marks, Marked("", len(example.text), len(example.text))):
        before = tuple(word for word in plain(example.text[place : mark.start]).split() if word not in articles)
        fixed += len(" ".join(before))
        if before:
            runs.append((marks, before))
            marks = 0
        marks += 1
        place = mark.end
    values = [frozenset(_listed(tool, mark.path, language)) for mark in example.marks]
    listed = frozenset[str]().union(*values)
    beside = (*language.common, *language.mood["shapes"]["behind_order"])
    said = listed.union(beside, *(run for _, run in runs)) if all(values) else frozenset[str]()
    return Template(tool, tuple(runs), marks - 1, fixed, listed, said) if runs else None


def _listed(tool: Tool, path: str, language: Language) -> Iterator[str]:
    """Give the words of a parameter's listed values, of their other names, and of on and off."""
    schema = tool.properties.get(path, {})
    values, called = schema.get("enum"), schema.get("x-synonyms")
    names = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    for others in called.values() if isinstance(called, Mapping) else ():
        names += [other for other in others if isinstance(other, str)] if isinstance(others, list) else []
    if schema.get("type") == "boolean":
        names += [*language.words("boolean", "yes"), *language.words("boolean", "no")]
    for name in names:
        yield from plain(name).split()


def exact(templates: Sequence[Template], text: str, articles: Collection[str] = ()) -> Tool | None:
    """Return the tool that has this very sentence, values and articles aside, among its examples; None where none has.

    At least half of the letters must be the example's own, or those of values that its tool lists: "play [anything]" is
    no proof of much.
    """
    if len(text) > LONGEST:
        return None
    words = [word for word in plain(text).split() if word not in articles]
    bare = " ".join(words)
    found = [t for t in templates if 2 * t.own(words) >= len(bare) and t.fits(words)]
    return max(found, key=lambda template: template.fixed).tool if found else None
