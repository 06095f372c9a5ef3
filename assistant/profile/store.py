"""The driver's profile, in one file.

Learns nothing by itself: the driver said or typed every entry. The file has mode 0600 and never leaves the device.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.hosting.message_names import Message, Term
from client.client_errors import ConfigurationError
from client.records.private_file import write_private

FILE_NAME = "profile.json"
EVERYTHING = "everything"
MOST_ENTRIES = 500
"""Most entries of one kind; no driver's profile has more."""


class Contact(BaseModel):
    """How a person is reached."""

    model_config = ConfigDict(extra="forbid")

    phone: str = ""
    email: str = ""


class KeptProfile(BaseModel):
    """All entries. Names are as the driver said them."""

    model_config = ConfigDict(extra="forbid")

    contacts: dict[str, Contact] = Field(default_factory=dict)
    relations: dict[str, str] = Field(default_factory=dict)
    """ "wife" to "Anna"."""
    places: dict[str, str] = Field(default_factory=dict)
    """ "home" to an address or the name of a place."""
    preferences: list[str] = Field(default_factory=list)
    units: Literal["", "metric", "imperial"] = ""


@dataclass
class ProfileStore:
    """The file; read again whenever another process has written it."""

    path: Path
    _read_at: tuple[int, int] | None = field(default=None, init=False)
    _kept: KeptProfile = field(default_factory=KeptProfile, init=False)

    def read(self) -> KeptProfile:
        """Return the profile. Raises `ConfigurationError`, naming a file that cannot be read."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._read_at, self._kept = None, KeptProfile()
            return self._kept
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._read_at:
            try:
                self._kept = KeptProfile.model_validate_json(self.path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, ValidationError) as error:
                raise ConfigurationError(
                    f"the profile {self.path} cannot be read; repair it, or erase it: mcqueen profile forget everything"
                ) from error
            self._read_at = stamp
        return self._kept

    def change(self, edit: Callable[[KeptProfile], None]) -> KeptProfile:
        """Edit the profile and write it, completely or not at all. Raises `ConfigurationError`."""
        kept = self.read().model_copy(deep=True)
        edit(kept)
        if max(len(kept.contacts), len(kept.relations), len(kept.places), len(kept.preferences)) > MOST_ENTRIES:
            raise ConfigurationError(f"a profile holds at most {MOST_ENTRIES} entries of a kind; forget some first")
        self._write(kept)
        return kept

    def erase(self) -> None:
        """Delete everything, including the file."""
        self.path.unlink(missing_ok=True)
        self._read_at, self._kept = None, KeptProfile()

    def _write(self, kept: KeptProfile) -> None:
        try:
            write_private(self.path, json.dumps(kept.model_dump(), ensure_ascii=False, indent=1).encode())
        except OSError as error:
            raise ConfigurationError(f"the profile {self.path} cannot be written: {error.strerror}") from error
        self._read_at = None


def forget(kept: KeptProfile, what: str) -> list[Message]:
    """Remove all entries of that name and return them; [] if there are none."""
    wanted = _bare(what)
    gone: list[Message] = []
    for name in [name for name in kept.contacts if _bare(name) == wanted]:
        del kept.contacts[name]
        gone.append(Message("how_to_reach", {"name": name}))
    for relation in [r for r, name in kept.relations.items() if wanted in (_bare(r), _bare(name))]:
        gone.append(Message("who_is", {"relation": Term(relation)}))
        del kept.relations[relation]
    for place in [place for place in kept.places if _bare(place) == wanted]:
        del kept.places[place]
        gone.append(Message("where_is", {"place": Term(place)}))
    for preference in [preference for preference in kept.preferences if _bare(preference) == wanted]:
        kept.preferences.remove(preference)
        gone.append(Message("that_you_prefer", {"preference": preference}))
    if kept.units and wanted in ("units", "unit", kept.units):
        gone.append(Message("that_you_use", {"units": Term(kept.units)}))
        kept.units = ""
    return gone


def described(kept: KeptProfile) -> list[Message]:
    """Return all entries, one sentence for each."""
    told = [_contact(name, contact) for name, contact in kept.contacts.items()]
    told += [Message("relation_is", {"relation": Term(who), "name": name}) for who, name in kept.relations.items()]
    told += [Message("place_is", {"place": Term(place), "address": address}) for place, address in kept.places.items()]
    told += [Message("you_prefer", {"preference": preference}) for preference in kept.preferences]
    return told + ([Message("you_use", {"units": Term(kept.units)})] if kept.units else [])


def _contact(name: str, contact: Contact) -> Message:
    if contact.phone and contact.email:
        return Message("contact_both", {"name": name, "phone": contact.phone, "email": contact.email})
    reach = contact.phone or contact.email
    return Message("contact_one" if reach else "contact_none", {"name": name, "reach": reach})


def named(what: str) -> str:
    """Return a name as it is stored: without "my", and without "'s number" and the like."""
    words = what.strip().split()
    while words and words[0].casefold() in ("my", "the", "our"):
        words = words[1:]
    if len(words) > 1 and words[-1].casefold() in ("number", "phone", "email", "address"):
        words = words[:-1]
    return " ".join(words).removesuffix("'s")


def means_everything(what: str) -> bool:
    """Return whether the words mean everything."""
    return named(what).casefold() in (EVERYTHING, "all", "everything about me")


def _bare(name: str) -> str:
    return named(name).casefold()
