"""Picks the facts that distinguish the things of an answer, and words an object by them. Pure.

An object is named by its title or name, with what was asked for, dates, states and amounts. Fields for programs are
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.wording.languages import wording
from assistant.wording.results.names import beside, is_about_pages, is_silent, unit_of, words_of
from assistant.wording.results.telling_fields import telling, things_by_name, without_record
from assistant.wording.results.value_words import AnswerContext, is_scalar, state_words, value_words
from assistant.wording.results.written_moments import has_a_day
from client.values import JSON

NAMES = (
    "name",
    "title",
    "label",
    "subject",
    "item",
    "product",
    "event",
    "place",
    "summary",
    "text",
    "headline",
    "description",
    "display name",
    "content",
    "city",
    "kind",
)
"""Words of field names that hold a thing's name, the best first."""
_DATES = frozenset("date day time when start begin starts begins due at on departure arrival eta until since".split())
_STATES = frozenset("status state condition conditions done completed open available priority".split())
_AMOUNTS = frozenset("price cost amount total distance duration rating temperature quantity count km".split())
_LESS = frozenset("created updated modified accessed version author type category source provider level".split())
_MOMENT_NAMES = frozenset("date datetime time timestamp day iso utc".split())
"""Names of fields that add nothing to a moment in words."""
_BEFORE_A_DAY = frozenset("at on date datetime time timestamp iso".split())
MOST_FACTS = 2
"""Facts said with the name of one of several things."""
_LONGEST_FACT = 60
"""Longest text in characters said with a name; a longer one is said only for a single thing."""
MOST_FIELDS = 12
"""Fields of one object that are said; the others are on the screen."""


def name_of(thing: Mapping[str, JSON], context: AnswerContext) -> tuple[str, str]:
    """Return the field that names a thing, and its words; two empty texts if there is none."""
    for wanted in NAMES:
        for key, value in thing.items():
            words = words_of(key)
            if isinstance(value, str) and (words == wanted.split() or words[-1:] == [wanted]) and not is_silent(key):
                said = value_words(value, context, key)
                if said:
                    return key, said
    return "", ""


def item_words(thing: JSON, context: AnswerContext, asked: frozenset[str] = frozenset()) -> str:
    """Return one of several things in a few words: its name with the facts that distinguish it."""
    if isinstance(thing, list):
        return ", ".join(filter(None, (item_words(part, context, asked) for part in thing[:MOST_FIELDS])))
    if not isinstance(thing, dict):
        return state_words(thing, "true") if isinstance(thing, bool) else value_words(thing, context)
    thing = without_record(thing, asked)
    inside = AnswerContext(context.clock, context.own_zone, thing)
    key, name = name_of(thing, inside)
    facts = [fact for fact in _facts(thing, inside, asked) if fact[0] != key and len(fact[2]) <= _LONGEST_FACT]
    if not name and facts:
        return ", ".join(fact[2] for fact in facts[: MOST_FACTS + 1])
    told = sorted(sorted(facts, key=lambda fact: fact[1])[:MOST_FACTS], key=lambda fact: fact[3])
    if not name:
        return _nested(thing, inside) or _slug(thing)
    return ", ".join([name, *(fact[2] for fact in told)])


def _facts(thing: Mapping[str, JSON], context: AnswerContext, asked: frozenset[str]) -> list[tuple[str, int, str, int]]:
    """Return the fields that can be said: key, rank (0 comes first), words, position."""
    facts = []
    for place, (key, value) in enumerate(thing.items()):
        said = field_words(key, value, context, bare=True)
        if said and is_scalar(value):
            facts.append((key, _rank(key, asked), said, place))
    return facts


def _rank(key: str, asked: frozenset[str]) -> int:
    words = set(words_of(key))
    for rank, wanted in enumerate((asked, _DATES, _STATES, _AMOUNTS)):
        if words & wanted and not words & _LESS:
            return rank
    return 6 if words & _LESS else 5


def _slug(thing: Mapping[str, JSON]) -> str:
    """Return the words of a thing's slug, which is a name if the thing has no other."""
    found = thing.get("slug")
    return found.replace("-", " ") if isinstance(found, str) and re.fullmatch(r"[a-z]+(?:-[a-z]+)*", found) else ""


def _nested(thing: Mapping[str, JSON], context: AnswerContext) -> str:
    """Return the name of the first thing inside a thing without a name."""
    for value in thing.values():
        if isinstance(value, dict) and (name := name_of(value, context)[1]):
            return name
    return ""


def field_words(key: str, value: JSON, context: AnswerContext, *, bare: bool = False) -> str:
    """Return a field in words, "temperature 12 °"; empty if it is not to be said.

    `bare`: leave out labels that are not needed: for moments, states, and texts that speak for themselves.
    """
    if isinstance(value, bool):
        return state_words(value, key)
    unit = beside(key, context.fields)
    beside_a_list = holds_things(context.fields)
    if is_silent(key) or (beside_a_list and is_about_pages(key)):
        return ""
    said = value_words(value, context, key, unit)
    if not said:
        return ""
    words = set(words_of(key))
    label = _label(unit_of(key)[1] if isinstance(value, int | float) else key)
    if isinstance(value, int) and " " not in label and label.endswith("s") and not label.endswith("ss"):
        return f"{said} {label.removesuffix('s') if value == 1 else label}"
    if words <= _MOMENT_NAMES and said != value:
        return said
    if isinstance(value, str) and has_a_day(value):
        label = without_moment_word(label)  # "starts at" before "today at 6 p.m."
    if not label or (bare and isinstance(value, str) and (words & (_DATES | _STATES) or words & set(NAMES))):
        return said
    return f"{label} {said}"


def without_moment_word(label: str) -> str:
    """Return a label without a last word that the day behind it makes needless: "due date", "starts at"."""
    words = label.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1] in _BEFORE_A_DAY else label


def _label(key: str) -> str:
    words = " ".join(words_of(key))
    return wording().table("labels").get(words, words)


def object_words(
    thing: Mapping[str, JSON], context: AnswerContext, layers: int = 1, asked: frozenset[str] = frozenset()
) -> list[str]:
    """Return an object field by field, its name first; objects inside it one level down, lists by their names.

    `asked` are words of what was asked for: fields with them are said even if they look like notes.
    """
    thing = telling(thing, asked)
    inside = AnswerContext(context.clock, context.own_zone, thing)
    key, name = name_of(thing, inside)
    said = [name] if name else []
    units = {other for other in thing if _is_unit_of_another(other, thing)}
    for other, value in thing.items():
        if other == key or other in units:
            continue
        words = field_words(other, value, inside) if is_scalar(value) else _inner(other, value, inside, layers)
        if words:
            said.append(words)
    return said[:MOST_FIELDS]


def _is_unit_of_another(key: str, thing: Mapping[str, JSON]) -> bool:
    value = thing[key]
    return (
        isinstance(value, str)
        and any(
            other != key and isinstance(number, int | float) and beside(other, thing) in (value, f"°{value}")
            for other, number in thing.items()
        )
        and bool({"unit", "units", "currency", "to", "from"} & set(words_of(key)))
    )


def _inner(key: str, value: JSON, context: AnswerContext, layers: int) -> str:
    """Return an object or list inside an object in words: "address: Elm Street 12, Springfield"."""
    if layers <= 0 or is_silent(key):
        return ""
    if isinstance(value, dict) and (things := things_by_name(value)) is not None:
        value = things
    if isinstance(value, dict):
        parts = object_words(value, context, layers - 1)
    elif isinstance(value, list):
        parts = [words for words in (item_words(item, context) for item in value[:3]) if words]
        if len(value) > 3 and parts:
            parts.append(wording().text("answers", "more", count=len(value) - 3))
    else:
        return ""
    label = (
        "" if words_of(key)[:1] == ["by"] else f"{_label(key)}: "
    )  # "by_category" says nothing that its names do not
    return f"{label}{', '.join(parts)}" if parts else ""


def holds_things(fields: Mapping[str, JSON]) -> bool:
    """Return whether a field is a list of objects, so that totals and pages next to it are about that list."""
    return any(isinstance(value, list) and any(isinstance(item, dict) for item in value) for value in fields.values())


def lists_in(thing: Mapping[str, JSON]) -> Iterator[tuple[str, list[JSON]]]:
    """Yield the lists among an object's fields, except those for programs."""
    for key, value in thing.items():
        if isinstance(value, list) and not is_silent(key):
            yield key, value
