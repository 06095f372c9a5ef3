"""Storing and deleting profile entries, each with a message; voice and command both use it.

Changes only the store that is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from assistant.hosting.message_names import Message, Term
from assistant.profile.store import Contact, KeptProfile, ProfileStore, forget, means_everything, named
from client.client_errors import ConfigurationError


def keep(store: ProfileStore, kind: str, name: str, value: str) -> Message:
    """Store one entry and return the message. Raises `ConfigurationError` if it cannot be stored."""
    return _KINDS[kind](store, name, value)


def keep_contact(store: ProfileStore, name: str, phone: str, email: str) -> Message:
    """Store how a person is reached; missing values stay as they were."""
    name = named(name)

    def edit(kept: KeptProfile) -> None:
        known = next((other for other in kept.contacts if other.casefold() == name.casefold()), name)
        before = kept.contacts.get(known, Contact())
        kept.contacts[known] = Contact(phone=phone or before.phone, email=email or before.email)

    store.change(edit)
    if phone and email:
        return Message("keeps_both", {"name": name, "phone": phone, "email": email})
    return Message("keeps_one" if phone or email else "keeps", {"name": name, "reach": phone or email})


def let_go(store: ProfileStore, what: str) -> tuple[bool, Message]:
    """Delete, and return whether there was an entry and the message."""
    if means_everything(what):
        store.erase()
        return True, Message("forgot_everything")
    gone: list[Message] = []
    store.change(lambda kept: gone.extend(forget(kept, what)))
    if gone:
        return True, Message("forgot", {"gone": gone})
    return False, Message("nothing_about", {"what": named(what)})


def _relation(store: ProfileStore, relation: str, name: str) -> Message:
    relation, name = named(relation), named(name)
    store.change(lambda kept: kept.relations.update({relation: name}))
    return Message("keeps_relation", {"relation": Term(relation), "name": name})


def _place(store: ProfileStore, name: str, address: str) -> Message:
    name = named(name)
    store.change(lambda kept: kept.places.update({name: address}))
    return Message("keeps_place", {"place": Term(name), "address": address})


def _preference(store: ProfileStore, preference: str, _value: str) -> Message:
    def edit(kept: KeptProfile) -> None:
        kept.preferences = [*(p for p in kept.preferences if p.casefold() != preference.casefold()), preference]

    store.change(edit)
    return Message("keeps_preference", {"preference": preference})


def _units(store: ProfileStore, units: str, _value: str) -> Message:
    wanted = _UNITS.get(units)
    if wanted is None:
        raise ConfigurationError(f"units are metric or imperial, not {units}")

    def edit(kept: KeptProfile) -> None:
        kept.units = wanted

    store.change(edit)
    return Message("keeps_units", {"units": Term(units)})


_UNITS: Mapping[str, Literal["metric", "imperial"]] = {"metric": "metric", "imperial": "imperial"}
_KINDS: Mapping[str, Callable[[ProfileStore, str, str], Message]] = {
    "phone": lambda store, name, phone: keep_contact(store, name, phone, ""),
    "email": lambda store, name, email: keep_contact(store, name, "", email),
    "relation": _relation,
    "place": _place,
    "preference": _preference,
    "units": _units,
}
