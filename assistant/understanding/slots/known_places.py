"""What the profile and the vehicle know: "home", "here" and "my wife" become the place or the person they name.

With nothing known the words stay as they were said.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.understanding.language import Language
from assistant.understanding.reading import Context
from assistant.understanding.slots.parameters import Slot
from client.values import JSON

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
