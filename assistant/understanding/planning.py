"""Plans from schemas: what another read-only tool returns need not be asked of the driver.

Backward chaining over input and output schemas, and over what tools returned before. Pure: it says what to do next and
never calls anything; a tool with effects is never part of a plan, only its goal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.understanding.language import Language, language
from assistant.understanding.slots.listed_in_schemas import resolved, schema_type
from assistant.understanding.tokens import name_words
from client.catalog import Catalog, Tool
from client.values import JSON

DEEPEST = 3
"""Look-ups that may stand behind one another before one argument is known."""
MOST_CHOICES = 20
"""Results among which a choice is offered; more are a question for the tool itself."""
MOST_FACTS = 200
"""Values kept of one result."""
MOST_CODES = 10
LONGEST_CODE = 20

Path = tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """One value that a tool returned: where it stood, and which of several alike it belongs to."""

    tool: str
    path: Path
    """Names from the outside in, indexes left out."""
    value: JSON
    row: int = 0
    """Place in its list; 0 outside of lists."""
    label: str = ""
    """How people would call the thing it belongs to."""


@dataclass(frozen=True)
class KnownFacts:
    """What the conversation knows from results. Immutable: learning makes a new one."""

    facts: tuple[Fact, ...] = ()
    shapes: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """By tool: the paths it returned before, for tools without an output schema."""

    def learned(self, tool: str, result: JSON) -> KnownFacts:
        """Return the facts with the tool's newest result in the place of its earlier one."""
        found = tuple(_facts_of(tool, result))[:MOST_FACTS]
        kept = tuple(fact for fact in self.facts if fact.tool != tool)
        shape = tuple(dict.fromkeys(fact.path for fact in found))
        return KnownFacts((*kept, *found), {**self.shapes, tool: shape} if shape else self.shapes)

    @property
    def codes(self) -> tuple[str, ...]:
        """The values, each once, newest first, that are one word with a digit: plates and numbers, not prose."""
        said = (fact.value for fact in reversed(self.facts))
        found = (value for value in said if isinstance(value, str) and value.isalnum() and not value.isalpha())
        return tuple(dict.fromkeys(value for value in found if len(value) <= LONGEST_CODE))[:MOST_CODES]


@dataclass(frozen=True)
class Ready:
    """Nothing is missing: the goal may be called (and confirmed, where policy says so) with these arguments."""

    tool: str
    arguments: Mapping[str, JSON]
    sources: Mapping[str, str] = field(default_factory=dict)
    """By parameter: the tool whose result gave it."""


@dataclass(frozen=True)
class Look:
    """Call this read-only tool first; give its result to `Facts.learned` and plan again."""

    tool: str
    arguments: Mapping[str, JSON]
    wanted: str
    """The parameter of the goal, or of the tool before, that this is for."""


@dataclass(frozen=True)
class Ask:
    """Ask the driver for this parameter of this tool, which is the goal or a look-up on the way to it."""

    tool: str
    parameter: str
    purpose: str
    """The parameter of the goal that this leads to."""


@dataclass(frozen=True)
class Choose:
    """Several results fit: ask which, and plan again with its value among the arguments."""

    tool: str
    parameter: str
    options: tuple[tuple[str, int], ...]
    """What to call each, and its row."""
    values: tuple[JSON, ...] = field(default=(), compare=False)
    """The parameter's value for each."""


Move = Ready | Look | Ask | Choose


class Planner:
    """Plans against one catalog."""

    def __init__(
        self,
        catalog: Catalog,
        may_look: Callable[[Tool], bool] = lambda tool: tool.hints.read_only is True,
        spoken: Language | None = None,
    ) -> None:
        """`may_look` says which tools may be called without asking: policy's word, by default the server's hint."""
        self._catalog = catalog
        self._language = spoken or language()
        self._identifiers = frozenset(self._language.words("planning", "identifiers"))
        self._producers = [tool for tool in catalog if may_look(tool)]
        self._outputs = {tool.qualified: tuple(output_paths(tool)) for tool in self._producers}

    def next(
        self,
        goal: str,
        arguments: Mapping[str, JSON],
        facts: KnownFacts | None = None,
        given: Mapping[str, Mapping[str, JSON]] | None = None,
    ) -> Move:
        """Return what to do next on the way to the goal.

        `given` holds, by tool, what the driver said for look-ups on the way. Raises `KeyError` for an unknown goal.
        """
        tool = self._catalog.find(goal)
        if tool is None:
            raise KeyError(goal)
        return self._towards(tool, dict(arguments), facts or KnownFacts(), given or {}, "", (tool.qualified,))

    def source(self, goal: str, name: str) -> Tool | None:
        """Return the first tool of the same server that returns that parameter of the goal; None where none does."""
        tool = self._catalog.find(goal)
        return next(self._sources(tool, name, KnownFacts(), ()), None) if tool is not None else None

    def lookups(self, goal: str, facts: KnownFacts | None = None) -> tuple[str, ...]:
        """Return the tools that may be called on the way, so that the driver's words can be read for them too."""
        found: list[str] = []
        open_ = [self._catalog.find(goal)]
        for _ in range(DEEPEST):
            tools = [tool for tool in open_ if tool is not None]
            producers = [p for t in tools for n in t.required for p in self._sources(t, n, facts or KnownFacts(), ())]
            open_ = [p for p in producers if p.qualified not in found and p.qualified != goal]
            found.extend(dict.fromkeys(p.qualified for p in producers if p.qualified not in found))
        return tuple(name for name in found if name != goal)

    def _towards(
        self,
        tool: Tool,
        arguments: dict[str, JSON],
        facts: KnownFacts,
        given: Mapping[str, Mapping[str, JSON]],
        purpose: str,
        way: Sequence[str],
    ) -> Move:
        sources: dict[str, str] = {}
        for name in tool.required:
            if arguments.get(name) is not None:
                continue
            told = next((said[name] for said in given.values() if said.get(name) is not None), None)
            if told is not None:
                arguments[name] = told  # the driver said it for a look-up
                continue
            # For the goal itself only what names a thing is taken from results: the rest is the driver's to say.
            known = self._known(tool, name, facts) if purpose or names_thing(tool, name, self._language) else []
            rows = {(fact.tool, fact.row): fact for fact in known}
            values = [fact for fact in rows.values() if fact.tool == next(iter(rows))[0]]
            if len({str(fact.value) for fact in values}) == 1:
                arguments[name], sources[name] = values[0].value, values[0].tool
                continue
            if 1 < len(values) <= MOST_CHOICES:
                options = tuple((fact.label or str(fact.value), fact.row) for fact in values)
                return Choose(values[0].tool, name, options, tuple(fact.value for fact in values))
            move = self._obtain(tool, name, arguments, facts, given, purpose or name, way)
            return move or Ask(tool.qualified, name, purpose or name)
        return Ready(tool.qualified, arguments, sources)

    def _obtain(
        self,
        tool: Tool,
        name: str,
        arguments: Mapping[str, JSON],
        facts: KnownFacts,
        given: Mapping[str, Mapping[str, JSON]],
        purpose: str,
        way: Sequence[str],
    ) -> Move | None:
        """Return the next move towards a look-up that returns the parameter; None where none does."""
        if len(way) > DEEPEST or not self._is_identifier(name):
            return None
        best: tuple[int, Move] | None = None
        for producer in self._sources(tool, name, facts, way):
            if any(fact.tool == producer.qualified for fact in facts.facts):
                continue  # it was asked already, and did not say
            said = {each: arguments[each] for each in producer.properties if arguments.get(each) is not None}
            said.update(given.get(producer.qualified, {}))
            move = self._towards(producer, said, facts, given, purpose, (*way, producer.qualified))
            if isinstance(move, Ready):
                move = Look(producer.qualified, move.arguments, name)
            unknown = sum(1 for each in producer.required if each not in said)
            if best is None or unknown < best[0]:
                best = unknown, move
        return best[1] if best else None

    def _sources(self, tool: Tool, name: str, facts: KnownFacts, way: Sequence[str]) -> Iterator[Tool]:
        if not self._is_identifier(name):
            return
        for producer in self._producers:
            if producer.qualified in way or producer is tool or producer.server != tool.server:
                continue
            paths = (*self._outputs[producer.qualified], *facts.shapes.get(producer.qualified, ()))
            if name not in producer.properties and any(self._names(producer, path, name) for path in paths):
                yield producer

    def _is_identifier(self, name: str) -> bool:
        return is_identifier(name, self._language)

    def _known(self, tool: Tool, name: str, facts: KnownFacts) -> list[Fact]:
        """Return the facts that are this parameter's value, those of one row each."""
        wanted = schema_type(resolved(tool.properties.get(name, {}), tool.input_schema))
        found = []
        for fact in facts.facts:
            source = self._catalog.find(fact.tool)
            if source is None or source.server != tool.server or not _fits(fact.value, wanted):
                continue
            if self._names(source, fact.path, name):
                found.append(fact)
        return found

    def _names(self, producer: Tool, path: Path, name: str) -> bool:
        """Return whether a value at that path of the producer's result is called what the parameter is called."""
        wanted = tuple(name_words(name))
        last = tuple(name_words(path[-1]))
        if last == wanted:
            return True
        if not wanted or wanted[-len(last) :] != last or not self._identifiers.intersection(last):
            return False
        thing = {self._language.stem(word) for word in wanted[: -len(last)]}
        around = [word for part in path[:-1] for word in name_words(part)] or name_words(producer.name)
        return bool(thing) and thing <= {self._language.stem(word) for word in around}


def is_identifier(name: str, spoken: Language | None = None) -> bool:
    """Return whether a parameter of that name stands for a thing and does not describe it: `customer_id`."""
    return bool(set((spoken or language()).words("planning", "identifiers")).intersection(name_words(name)[-1:]))


def names_thing(tool: Tool, name: str, spoken: Language | None = None) -> bool:
    """Return whether a parameter stands for a thing: an identifier, or a code such as a plate, by its pattern."""
    schema = resolved(tool.properties.get(name, {}), tool.input_schema)
    return is_identifier(name, spoken) or "pattern" in schema


def output_paths(tool: Tool) -> Iterator[Path]:
    """Yield the paths of the plain values that the tool's output schema promises; indexes are left out."""
    if tool.output_schema is not None:
        yield from _schema_paths(tool.output_schema, tool.output_schema, (), 0)


def _schema_paths(raw: Mapping[str, JSON], root: Mapping[str, JSON], path: Path, depth: int) -> Iterator[Path]:
    schema = resolved(raw, root)
    properties, items = schema.get("properties"), schema.get("items")
    if depth > 6:
        return
    if isinstance(properties, Mapping):
        for name, child in properties.items():
            if isinstance(child, Mapping):
                yield from _schema_paths(child, root, (*path, name), depth + 1)
    elif isinstance(items, Mapping):
        yield from _schema_paths(items, root, path, depth + 1)
    elif path:
        yield path


def _facts_of(tool: str, value: JSON, path: Path = (), row: int = 0, label: str = "", depth: int = 0) -> Iterator[Fact]:
    if depth > 6:
        return
    if isinstance(value, Mapping):
        name = next((str(value[key]) for key in _LABELS if isinstance(value.get(key), str) and value[key]), label)
        for key, child in value.items():
            yield from _facts_of(tool, child, (*path, str(key)), row, name, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, child in enumerate(value[:MOST_CHOICES]):
            yield from _facts_of(tool, child, path, number if len(value) > 1 else row, label, depth + 1)
    elif value is not None and path:
        yield Fact(tool, path, value, row, label)


_LABELS = (
    "name", "title", "label", "display_name", "full_name", "model", "description", "subject", "text", "content", "task",
    "category",
)  # fmt: skip
"""Keys under which results say what a thing is called, in the order of trust."""


def _fits(value: JSON, wanted: str) -> bool:
    if wanted == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if wanted == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted == "boolean":
        return isinstance(value, bool)
    return isinstance(value, str) or not wanted
