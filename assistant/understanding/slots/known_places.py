"""What the profile and the vehicle know: "home", "here" and "my wife" become the place or the person they name.

With nothing known the words stay as they were said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.understanding.language import Language
from assistant.understanding.reading import Context
from assistant.understanding.slots.argument_paths import put
from assistant.understanding.slots.entities import Entities
from assistant.understanding.slots.parameters import Kind, Slot
from client.values import JSON

FIRST_NAMES = (("given", "name"), ("first", "name"), ("firstname",), ("forename",))
LAST_NAMES = (("family", "name"), ("last", "name"), ("lastname",), ("surname",))
PLACES = frozenset({"place", "origin", "destination", "address", "venue"})


def resolve(slot: Slot, value: JSON, context: Context, language: Language) -> JSON:
    """Return the value with the driver's own names put in; lists item by item."""
    if isinstance(value, list):
        return [resolve(slot, item, context, language) for item in value]
    if not isinstance(value, str) or slot.values:
        return value
    roles = slot.roles[:2]
    said = value.casefold().strip()
    bare = next((said[len(p) + 1 :] for p in language.words("places", "possessives") if said.startswith(p + " ")), said)
    if "person" in roles:
        contacts = {name.casefold(): known for name, known in context.profile.contacts.items()}
        return contacts.get(said) or contacts.get(bare) or contacts.get(f"my {bare}") or value
    if PLACES.intersection(roles):
        if context.here and said in language.words("places", "here"):
            return context.here
        places = {name.casefold(): known for name, known in context.profile.places.items()}
        return places.get(said) or places.get(bare) or value
    return value


def named(value: JSON, names: Mapping[str, str]) -> JSON:
    """Return the value with the stand-ins in it replaced by what they stand for."""
    if not names:
        return value
    if isinstance(value, list):
        return [named(item, names) for item in value]
    if isinstance(value, str):
        for stand_in, known in names.items():
            value = value.replace(stand_in, known)
    return value


def split_names(found: Mapping[tuple[str, ...], JSON], slots: Sequence[Slot]) -> dict[tuple[str, ...], JSON]:
    """Return first and last name apart where a tool takes both and one was filled with all: "julia roberts"."""
    first = next((slot.path for slot in slots if slot.words in FIRST_NAMES), None)
    last = next((slot.path for slot in slots if slot.words in LAST_NAMES), None)
    if first is None or last is None or (first in found) == (last in found):
        return {}
    value = found[first if first in found else last]
    words = value.split() if isinstance(value, str) else []
    return {first: words[0], last: " ".join(words[1:])} if len(words) > 1 else {}


def dial(slots: Sequence[Slot], entities: Entities, context: Context, arguments: dict[str, JSON]) -> None:
    """Put in the number of somebody who was named and whose number is known."""
    numbers = {name.casefold(): number for name, number in context.profile.numbers.items()}
    said = f" {' '.join(word.lower.removesuffix(chr(39) + 's') for word in entities.words)} "
    aliases = {alias.casefold(): name.casefold() for alias, name in context.profile.contacts.items()}
    known = {**aliases, **{name: name for name in numbers}}
    for slot in slots:
        if slot.kind is Kind.PHONE and numbers and slot.path[0] not in arguments:
            found = [numbers[who] for name, who in known.items() if who in numbers and f" {name} " in said]
            if len(set(found)) == 1:
                put(arguments, slot.path, found[0])
