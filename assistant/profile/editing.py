"""Keeping and forgetting, as a sentence each: what both the driver's words and the command do.

Changes the store that it is given and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.profile.store import Contact, Kept, ProfileStore, forget, means_everything, named
from client.errors import ConfigurationError


def keep(store: ProfileStore, kind: str, name: str, value: str) -> str:
    """Keep one thing and say so. Raises `ConfigurationError` where it cannot be kept."""
    return _KINDS[kind](store, name, value)


def keep_contact(store: ProfileStore, name: str, phone: str, email: str) -> str:
    """Keep how a person is reached; what is not given stays as it was."""
    name = named(name)

    def edit(kept: Kept) -> None:
        known = next((other for other in kept.contacts if other.casefold() == name.casefold()), name)
        before = kept.contacts.get(known, Contact())
        kept.contacts[known] = Contact(phone=phone or before.phone, email=email or before.email)

    store.change(edit)
    told = " and ".join(part for part in (phone, email) if part)
    return f"I keep {name}{f': {told}' if told else ''}."


def let_go(store: ProfileStore, what: str) -> tuple[bool, str]:
    """Forget, and return whether there was anything and what is said."""
    if means_everything(what):
        store.erase()
        return True, "I have forgotten everything about you."
    gone: list[str] = []
    store.change(lambda kept: gone.extend(forget(kept, what)))
    if gone:
        return True, f"I have forgotten {' and '.join(gone)}."
    return False, f"I keep nothing about {named(what)}."


def _relation(store: ProfileStore, relation: str, name: str) -> str:
    relation, name = named(relation), named(name)
    store.change(lambda kept: kept.relations.update({relation: name}))
    return f"I keep that your {relation} is {name}."


def _place(store: ProfileStore, name: str, address: str) -> str:
    name = named(name)
    store.change(lambda kept: kept.places.update({name: address}))
    return f"I keep that {name} is {address}."


def _preference(store: ProfileStore, preference: str, _value: str) -> str:
    def edit(kept: Kept) -> None:
        kept.preferences = [*(p for p in kept.preferences if p.casefold() != preference.casefold()), preference]

    store.change(edit)
    return f"I keep that you prefer {preference}."


def _units(store: ProfileStore, units: str, _value: str) -> str:
    if units not in ("metric", "imperial"):
        raise ConfigurationError(f"units are metric or imperial, not {units}")
    store.change(lambda kept: setattr(kept, "units", units))
    return f"I keep that you use {units} units."


_KINDS: Mapping[str, Callable[[ProfileStore, str, str], str]] = {
    "phone": lambda store, name, phone: keep_contact(store, name, phone, ""),
    "email": lambda store, name, email: keep_contact(store, name, "", email),
    "relation": _relation,
    "place": _place,
    "preference": _preference,
    "units": _units,
}
