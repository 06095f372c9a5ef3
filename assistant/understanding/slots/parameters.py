"""What each parameter of a tool wants, read from its JSON Schema: the kind of value, and what its name speaks of.

Reads schemas only, never sentences. Whatever it does not understand becomes free text or is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from assistant.understanding.language import Language
from assistant.understanding.slots.codes_of_the_world import known_of
from assistant.understanding.slots.described import (
    calendar_part,
    example_pattern,
    flight_pattern,
    is_dotted,
    is_free_day,
    is_opaque,
    kept_names,
    moment_of,
)
from assistant.understanding.slots.described_tools import described_parameters
from assistant.understanding.slots.listed_in_prose import closed_values, quoted_values, told_names
from assistant.understanding.slots.listed_in_schemas import (
    listed_aliases,
    listed_examples,
    listed_values,
    resolved,
    satisfiable,
    schema_type,
    untyped_kind,
)
from assistant.understanding.slots.parameter_roles import hands_to, makes_lists, roles_of
from assistant.understanding.slots.ranges import edge_of, paired_of
from assistant.understanding.slots.told_limits import with_told_limits
from assistant.understanding.tokens import name_words, spoken_words
from client.catalog import Tool
from client.values import JSON

DEEPEST = 4
"""Levels of nested objects that are read."""
FEW = 2
"""Texts of a tool of which each may be meant, whatever its name says."""
SHORT = 8
"""Words of a description that says only what a parameter is; longer ones have examples of values."""
NO_MOMENTS: Mapping[str, str] = {}


class Kind(StrEnum):
    """What a parameter's value is made of."""

    ENUM = "enum"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date-time"
    DURATION = "duration"
    EMAIL = "email"
    PHONE = "phone"
    RECURRENCE = "recurrence"
    MONTH = "month"
    YEAR = "year"
    TEXT = "text"
    LIST = "list"


@dataclass(frozen=True)
class Slot:
    """One parameter, or one property of a nested object."""

    path: tuple[str, ...]
    """Names from the outside in."""
    kind: Kind
    schema: Mapping[str, JSON]
    required: bool
    words: tuple[str, ...]
    """Folded words of its name."""
    about: tuple[str, ...]
    """Folded words of its description."""
    roles: tuple[str, ...] = ()
    """Roles of the language data that its name speaks of, surest first."""
    values: tuple[JSON, ...] = ()
    """Of an enum, or of the items of a list."""
    aliases: tuple[tuple[str, JSON], ...] = ()
    """Other names of values, each with its value."""
    known: tuple[str, ...] = ()
    """Values of free text that the schema gives as examples."""
    style: str = ""
    """How a date or time is written where the description says so: "HH:MM"."""
    item: Kind = Kind.TEXT
    """Kind of a list's items."""
    tool_stems: frozenset[str] = frozenset()
    """Stems of the tool's own name: they name the tool, not a value."""
    gist_stems: frozenset[str] = frozenset()
    """Stems of its name and first sentence: alone, they say what the tool does."""
    told_stems: frozenset[str] = frozenset()
    """Stems of all that the tool's description says."""
    other_stems: frozenset[str] = frozenset()
    """Stems of the names of the tool's other parameters: they name those, not a value."""
    other_told: frozenset[str] = frozenset()
    """Stems of the other parameters' short descriptions: alone, such words point at those."""
    only: bool = field(default=False, compare=False)
    """Whether it is the tool's only parameter."""
    opaque: bool = False
    """Whether it takes what nobody knows by heart: an id, a URI, a cursor."""
    dotted: bool = False
    """Whether it takes an address on the web or the name of a file, which has a dot."""
    unit_beside: bool = False
    """Whether another parameter takes the unit of this number."""
    lone: bool = False
    """Whether it is the tool's only parameter that takes a number."""
    code: str = ""
    """Pattern of the codes that its description gives an example of, "" for none."""
    world: str = ""
    """What the world calls a place or firm, where it takes that: "airport", "airline", "time zone", "country", ..."""
    kept: tuple[str, ...] | None = None
    """Of a name that somebody gave and that is kept ("a saved location"): the examples of it; None for any other."""
    numeric: bool = False
    """Whether its text is a number: a sum of money, or by the examples of its description ("10.50")."""
    edge: str = ""
    """Which end of a range of days, times or numbers it takes: "first", "last", or ""."""
    paired: bool = False
    """Whether another parameter takes the other end of the same kind of range."""
    reads: bool = False
    """Whether its tool only reads: there a day said is the whole day."""
    telling: bool = True
    """Whether its name has one of the language's roles, or its tool takes so few texts that each may be meant."""
    behind: bool = False
    """Whether its tool is about what has been: expenses, transactions, a history."""
    lone_text: bool = False
    """Whether it is the tool's only parameter of free text that is no id."""
    stands_for: bool = False
    """Whether it names what an optional id beside it stands for: either of them says which thing is meant."""

    @property
    def name(self) -> str:
        """The path with dots."""
        return ".".join(self.path)


def slots_of(
    tool: Tool, language: Language, ids: Collection[str] = (), moments: Mapping[str, str] = NO_MOMENTS
) -> tuple[Slot, ...]:
    """Return the tool's parameters that words can fill, in the schema's order, nested ones flattened.

    `ids` are names that another tool of the server describes as ids: there they are ids, too. `moments` are the
    descriptions of those that another tool says are moments.
    """
    found: list[Slot] = []
    for name, schema in described_parameters(tool, moments):
        _read((name,), schema, name in tool.required, tool.input_schema, language, found)
    found = [
        replace(s, opaque=True) if s.name in ids and s.kind is Kind.TEXT and not (s.values or s.code) else s
        for s in found
    ]
    found = _related(found, tool, language)
    reads = _reads(tool, language)
    stems = frozenset(language.stem(word) for word in name_words(tool.name))
    gist = stems | {language.stem(word) for word in spoken_words(_FIRST.split(tool.description, maxsplit=1)[0])}
    told_stems = frozenset(language.stem(w) for w in spoken_words(tool.description) if w not in language.common)
    behind = not stems.isdisjoint(language.stem(word) for word in language.words("range", "past"))
    names = [frozenset(language.stem(word) for word in slot.words if len(word) > 2) for slot in found]
    others = [frozenset().union(*(each for each in names if each is not own)) - own for own in names]
    told = [
        frozenset(language.stem(w) for w in slot.about if w not in language.common and len(slot.about) <= SHORT)
        for slot in found
    ]
    tolds = [frozenset().union(*(each for each in told if each is not own)) - own for own in told]
    return tuple(
        replace(
            slot,
            only=len(found) == 1,
            reads=reads,
            behind=behind,
            tool_stems=stems,
            gist_stems=gist,
            other_stems=other,
            other_told=point,
            told_stems=told_stems,
        )
        for slot, other, point in zip(found, others, tolds, strict=True)
    )


def _related(slots: Sequence[Slot], tool: Tool, language: Language) -> list[Slot]:
    """Return the parameters with what each is beside the others: an end of a range, the one number, a unit's number."""
    found = [replace(slot, edge=edge_of(slot.path, slot.words, slot.about, language)) for slot in slots]
    pairs = paired_of([(slot.path, slot.kind, slot.edge) for slot in found])
    found = [replace(slot, paired=pair) for slot, pair in zip(found, pairs, strict=True)]
    texts = [slot for slot in found if slot.kind is Kind.TEXT and not slot.opaque]
    found = [replace(s, roles=("person", *s.roles)) if _is_given(s, tool) else s for s in found]
    found = [replace(s, telling=len(texts) <= FEW or bool(roles_of(s.words, (), language))) for s in found]
    if len(texts) == 1:
        found = [replace(slot, lone_text=slot.path == texts[0].path) for slot in found]
    if CHANGING.intersection(name_words(tool.name)) and any(slot.opaque and slot.required for slot in found):
        found = [replace(s, roles=("new", *s.roles)) if _is_new(s) else s for s in found]
    if not any(slot.required for slot in texts):
        found = [replace(slot, stands_for=_stands_for(slot, found)) for slot in found]
    numeric = [slot for slot in found if slot.kind in (Kind.INTEGER, Kind.NUMBER)]
    if len(numeric) == 1:
        found = [replace(slot, lone=slot is numeric[0]) for slot in found]
    units = {slot.words[:-1] for slot in found if slot.kind is Kind.ENUM and slot.words[-1:] in (("unit",), ("units",))}
    counted = [slot.path for slot in numeric]
    found = [replace(slot, unit_beside=slot.path in counted and slot.words in units) for slot in found]
    if SEARCHING.intersection(name_words(tool.name)):
        found = [replace(s, roles=("query", *s.roles)) if s.words == ("text",) else s for s in found]
    lists = makes_lists(name_words(tool.name), language)
    return [replace(s, roles=("list", *s.roles)) if _names_list(s, named=lists) else s for s in found]


def _is_given(slot: Slot, tool: Tool) -> bool:
    """Return whether a text names to whom its tool hands something (`hands_to`)."""
    apt = slot.kind is Kind.TEXT and slot.required and not slot.opaque and len(slot.path) == 1
    held = {"person", "container", "list"}.intersection(slot.roles[:1])
    return apt and not held and hands_to(slot.words, tool.name, tool.description)


def _is_new(slot: Slot) -> bool:
    """Return whether an optional name beside the id of a thing that is changed is its new name."""
    return slot.kind is Kind.TEXT and not (slot.required or slot.opaque) and slot.roles[:1] == ("title",)


def _names_list(slot: Slot, *, named: bool) -> bool:
    """Return whether a parameter takes the name of a list; `named` is whether its tool is about lists."""
    words = slot.words[:-1] if slot.words[-1:] == ("name",) else slot.words
    own = bool(words) and words[-1].endswith("list")
    return slot.kind is Kind.TEXT and (own or (named and slot.words[-1:] in (("name",), ("list",))))


def _stands_for(slot: Slot, slots: Sequence[Slot]) -> bool:
    """Return whether an optional text is the name of what an optional id or number beside it stands for."""
    names = slot.kind is Kind.TEXT and not (slot.required or slot.opaque) and slot.words[-1:] == ("name",)
    return (
        names
        and len(slot.path) == 1
        and any(
            other.opaque and not other.required and len(other.path) == 1 and set(other.words[:-1]) <= set(slot.words)
            for other in slots
        )
    )


def _reads(tool: Tool, language: Language) -> bool:
    """Return whether the tool only reads, by its hint or its verb."""
    if tool.hints.read_only is not None:
        return tool.hints.read_only
    verbs = set(language.words("reading"))
    return any(word in verbs for word in name_words(tool.name)[:3])


CHANGING = frozenset({"update", "edit", "modify", "change", "patch"})
"""Verbs of tools that change a thing which is there: its name, beside its id, is a new one."""
SEARCHING = frozenset({"search", "find", "query", "lookup"})
"""Verbs of tools whose text is what is looked for."""
ITEM = "[]"
"""Stands in a path for the one item of a list of objects."""


def _read(
    path: tuple[str, ...],
    raw: Mapping[str, JSON],
    required: bool,
    root: Mapping[str, JSON],
    language: Language,
    found: list[Slot],
) -> None:
    schema = resolved(raw, root)
    if not satisfiable(schema):
        return
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and schema_type(schema) in ("object", ""):
        needed = schema.get("required")
        if len(path) < DEEPEST:
            for name, child in properties.items():
                if isinstance(child, Mapping):
                    inner = required and isinstance(needed, list) and name in needed
                    _read((*path, name), child, inner, root, language, found)
        return
    if schema_type(schema) in ("object", "null"):
        return
    description = schema.get("description") or raw.get("description")
    about = description if isinstance(description, str) else ""
    items = schema.get("items")
    item = resolved(items, root) if isinstance(items, Mapping) else {}
    if not satisfiable(item):
        return
    if schema_type(schema) in ("integer", "number"):
        schema = with_told_limits(schema, about)
    kind, style = _kind(schema, name_words(path[-1]), about, language)
    if kind is Kind.LIST and isinstance(item.get("properties"), Mapping):
        _read_item(path, item, required, root, language, found)
        return
    found.append(_slot(Slot(path, kind, schema, required, (), (), style=style), item, about, language))


def _slot(bare: Slot, item: Mapping[str, JSON], about: str, language: Language) -> Slot:
    """Return a parameter with what its schema, its description and that of a list's items say of its values."""
    schema, kind = bare.schema, bare.kind
    words = name_words(bare.path[-1])
    title = schema.get("title")
    told = tuple(spoken_words(f"{title if isinstance(title, str) else ''} {about}")[:60])
    values = listed_values(item) if kind is Kind.LIST else listed_values(schema)
    item_kind = _kind(item, words, about, language)[0] if kind is Kind.LIST else Kind.TEXT
    if kind in (Kind.ENUM, Kind.LIST) and not values and schema_type(item) in ("string", ""):
        values = closed_values(words, about)
    roles = roles_of(words, told, language)
    if kind is Kind.TEXT and is_free_day(about):
        roles = ("day",)
    elif kind is Kind.TEXT and words[:1] == ("new",) and len(words) > 1:
        roles = ("new", *roles)
    opaque = (
        kind in (Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.LIST) and not values and is_opaque(words, about, schema)
    )
    world = known_of(words, about) if kind is Kind.TEXT else ""
    code = (example_pattern(about) or flight_pattern(words, about)) if kind is Kind.TEXT and not world else ""
    dotted = kind is Kind.TEXT and not values and is_dotted(words, schema)
    money = bool(set(words[-1:]) & set(language.words("money", "named")))
    numeric = kind is Kind.TEXT and not (values or world or code) and "pattern" not in schema
    return replace(
        bare,
        words=words,
        about=told,
        roles=roles,
        values=values,
        item=item_kind,
        aliases=(
            *listed_aliases(item if kind is Kind.LIST else schema),
            *told_names(about, tuple(value for value in values if isinstance(value, str))),
        ),
        known=(listed_examples(schema) or quoted_values(about)) if kind is Kind.TEXT else (),
        numeric=numeric and (len(_NUMERIC.findall(about)) > 1 or money),
        opaque=opaque and not (code or world or dotted),
        dotted=dotted,
        code=code,
        world=world,
        kept=kept_names(about) if kind is Kind.TEXT else None,
    )


def _read_item(
    path: tuple[str, ...],
    item: Mapping[str, JSON],
    required: bool,
    root: Mapping[str, JSON],
    language: Language,
    found: list[Slot],
) -> None:
    """Read a list of objects as one object: all that its item takes; of an optional list e-mails alone."""
    inner: list[Slot] = []
    _read((*path, ITEM), {**item, "type": "object"}, required, root, language, inner)
    needed = item.get("required")
    if required and not needed:  # either of several names the thing: the first that people know
        first = next((slot for slot in inner if slot.kind is Kind.TEXT and not slot.opaque), None)
        inner = [replace(slot, required=slot is first) for slot in inner]
    found.extend(slot for slot in inner if required or slot.kind is Kind.EMAIL)


_NUMERIC = re.compile(r"[\"'`]\d+(?:\.\d+)?[\"'`]")
_FIRST = re.compile(r"[.:;]")
_PHONE = re.compile(r"\b(?:phone|mobile|telephone)\b", re.IGNORECASE)
_RULE = re.compile(r"\brrule\b|\brfc ?5545\b", re.IGNORECASE)
_FORMATS = {"date": Kind.DATE, "time": Kind.TIME, "date-time": Kind.DATE_TIME, "duration": Kind.DURATION}


def _kind(schema: Mapping[str, JSON], words: tuple[str, ...], about: str, language: Language) -> tuple[Kind, str]:
    kind = schema_type(schema)
    if listed_values(schema):
        return Kind.ENUM, ""
    if kind == "array":
        return Kind.LIST, ""
    part = calendar_part(words, kind, about, schema.get("pattern"))
    if part is not None:
        return Kind(part[0]), part[1]
    if kind in ("boolean", "integer", "number"):
        moment = None if kind == "boolean" else moment_of(words, about, None, numeric=True)
        return (Kind.DATE_TIME, moment.style) if moment is not None else (Kind(kind), "")
    given = schema.get("format")
    if given in _FORMATS:
        return _FORMATS[str(given)], ""
    if given == "email" or (words and words[-1] == "email"):
        return Kind.EMAIL, ""
    if given in ("phone", "tel") or (_PHONE.search(" ".join(words))):
        return Kind.PHONE, ""
    if _RULE.search(about) or set(words) & {"rrule", "recurrence"}:
        return Kind.RECURRENCE, ""
    moment = moment_of(words, about, schema.get("pattern"))
    if moment is not None:
        return Kind(moment.kind), moment.style
    if kind == "string" and "pattern" not in schema and closed_values(words, about):
        return Kind.ENUM, ""
    money = set(words[-1:]) & set(language.words("money", "named"))
    return (Kind.TEXT, "") if kind or about else (Kind(untyped_kind(schema, money=bool(money))), "")
