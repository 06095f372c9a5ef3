"""Parts a tool that does many things by one parameter ("action") into tools that do one thing each, for choosing.

Servers with few tools name their acts in prose: "Actions: list, create, rename". Only understanding sees the parts;
what it proposes is put together again: policy, read-backs and calls know the server's own tool alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.understanding.language import Language
from assistant.understanding.looking import CHANGING, FACTS, LOOKING
from assistant.understanding.prose_lists import FEWEST, entries, labelled, listed, with_moves_listed
from assistant.understanding.reading import Context, Interpretation, Reading
from assistant.understanding.slots.described import documented
from assistant.understanding.tokens import SENTENCE_END, name_words
from client.catalog import Catalog, Tool
from client.values import JSON

MOST = 40
"""Acts up to which a list of them is read."""


@dataclass(frozen=True)
class ActWords:
    """The words by which the acts of tools are named; what each list is for stands in the language's file."""

    vague: frozenset[str]
    get: str
    show: str
    shown: tuple[str, ...]
    unshown: tuple[str, ...]

    @classmethod
    def of(cls, language: Language) -> ActWords:
        """Return those of a language."""
        raw = language.table("acts_apart")
        return cls(frozenset(raw["vague"]), raw["get"], raw["show"], tuple(raw["shown"]), tuple(raw["unshown"]))

    def shows(self, act: Sequence[str]) -> bool:
        """Return whether an act names what it shows, and no deed: "charts", "now_playing", "status"."""
        if not act or act[0] in LOOKING | CHANGING:
            return False
        ends = act[-1].endswith(self.shown) and not act[-1].endswith(self.unshown)
        return act[-1] in FACTS or len(act) > 1 or ends


@dataclass(frozen=True)
class _Part:
    """One act of a tool."""

    tool: Tool
    """As the server has it."""
    parameter: str
    act: str


class ActsApart:
    """The tools of a catalog, each act one tool, and the way back."""

    def __init__(self, catalog: Catalog, language: Language) -> None:
        self._whole = catalog
        self._parameters = language.words("acts_apart", "parameters")
        words = ActWords.of(language)
        self._parts: dict[str, _Part] = {}
        self._by_act: dict[tuple[str, str], str] = {}
        taken = {tool.qualified for tool in catalog}
        tools: list[Tool] = []
        for tool in catalog:
            parameter, acts = acts_of(tool, self._parameters)
            parts = [_part(tool, parameter, act, told, words) for act, told in acts.items()]
            if not parts or taken & {each.qualified for each in parts}:
                tools.append(with_moves_listed(tool))
                continue
            tools += parts
            for each, act in zip(parts, acts, strict=True):
                self._parts[each.qualified] = _Part(tool, parameter, act)
                self._by_act[tool.qualified, act] = each.qualified
        self.catalog = Catalog(tuple(tools), catalog.rejected)
        """With one tool for each act."""

    def find(self, name: str) -> Tool | None:
        """Return a tool of either catalog by its qualified or its bare name."""
        return self._whole.find(name) or self.catalog.find(name)

    def named(self, qualified: str) -> str:
        """Return the server's own name of a tool."""
        part = self._parts.get(qualified)
        return part.tool.qualified if part is not None else qualified

    def inside(self, context: Context) -> Context:
        """Return the context with the act of the request before as a tool of its own."""
        if not self._parts:
            return context
        for parameter in self._parameters:
            act = context.previous_arguments.get(parameter)
            name = self._by_act.get((context.previous_tool, act)) if isinstance(act, str) else None
            if name is not None:
                return replace(context, previous_tool=name)
        return context

    def outside(self, reading: Reading) -> Reading:
        """Return a reading with the server's own tools, their acts among the arguments."""
        if not self._parts:
            return reading
        found: dict[str, Interpretation] = {}
        for one in map(self._put_together, reading.interpretations):
            other = found.get(one.tool)
            found[one.tool] = replace(other, score=min(1.0, other.score + one.score)) if other is not None else one
        return replace(
            reading,
            interpretations=tuple(found.values()),
            about=tuple(dict.fromkeys(map(self.named, reading.about))),
            beside={self.named(name): values for name, values in reading.beside.items()},
        )

    def _put_together(self, found: Interpretation) -> Interpretation:
        then = tuple(map(self._put_together, found.then))
        beside: dict[str, Mapping[str, JSON]] = {}
        for name, values in found.beside.items():
            beside[self.named(name)] = {**self._act(name), **beside.get(self.named(name), {}), **values}
        whole = {**self._act(found.tool), **found.arguments}
        return replace(found, tool=self.named(found.tool), arguments=whole, then=then, beside=beside)

    def _act(self, qualified: str) -> Mapping[str, JSON]:
        part = self._parts.get(qualified)
        return {part.parameter: part.act} if part is not None else {}


def acts_of(tool: Tool, parameters: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """Return the parameter that says what a tool does, and what is told of each act; ("", {}) if there is none.

    `parameters` are the names that such a one may have, the likeliest first.

    Only of a parameter that takes any text: one with listed values is a value like any other.
    """
    for name in parameters:
        schema = tool.properties.get(name)
        if schema is None or schema.get("type", "string") != "string" or {"enum", "const", "pattern"} & set(schema):
            continue
        own = schema.get("description")
        told = own if isinstance(own, str) else documented(tool.description).get(name, "")
        acts = dict.fromkeys(listed(told) or labelled(told) or labelled(tool.description), "")
        acts |= {act: said for act, said in entries(f"{told}\n{tool.description}") if act in acts or not acts}
        default = schema.get("default")
        known = not isinstance(default, str) or not default or default in acts
        if known and FEWEST <= len(acts) <= MOST:
            return name, acts
    return "", {}


def _part(tool: Tool, parameter: str, act: str, told: str, known: ActWords) -> Tool:
    """Return a tool that does one act of a tool."""
    things = [word for word in name_words(tool.name) if word not in known.vague]
    opening = SENTENCE_END.split(tool.description.strip(), maxsplit=1)[0]
    words = name_words(act)
    shows = known.shows(words)
    looks = shows or words[0] in LOOKING
    name = [*([known.get] if shows else ()), *words, *things]
    said = f"{known.show} {' '.join([*words, *things])}" if looks else " ".join(name)
    described = told or _of_act(tool.description, parameter, act) or f"{said}: {opening}"
    properties: dict[str, JSON] = {name: dict(schema) for name, schema in tool.properties.items() if name != parameter}
    required: list[JSON] = [name for name in tool.required if name != parameter]
    schema: Mapping[str, JSON] = {**tool.input_schema, "properties": properties, "required": required}
    hints = replace(tool.hints, read_only=tool.hints.read_only or looks or None, destructive=None)
    return replace(
        tool, name="_".join(name), title="", description=described, input_schema=schema, hints=hints, examples=()
    )


def _of_act(description: str, parameter: str, act: str) -> str:
    """Return the sentence that tells of one act: "action='search' searches your library"."""
    said = re.compile(rf"\b{re.escape(parameter)}\s*=\s*['\"]{re.escape(act)}['\"]\)?\s*(.+)")
    found = next((match[1] for line in SENTENCE_END.split(description) if (match := said.match(line.strip()))), "")
    return found.strip()
