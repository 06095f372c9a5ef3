"""The driver's contacts, messages and e-mail. Sent messages never leave this module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, near, plain
from assistant.town.data_files import load


@dataclass(frozen=True)
class TownContact:
    """A person the driver knows."""

    name: str
    also: tuple[str, ...]
    email: str
    phone: str


@dataclass(frozen=True)
class TextMessage:
    """A text message, received or sent."""

    message_id: str
    contact: str
    message: str
    at: datetime


@dataclass(frozen=True)
class TownEmail:
    """An e-mail, received or sent."""

    email_id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    body: str
    at: datetime
    unread: bool = False


class Contacts:
    """The driver's contacts."""

    def __init__(self) -> None:
        self.all = tuple(
            TownContact(raw["name"], tuple(raw["also"]), raw["email"], raw["phone"])
            for raw in load("people")["contacts"]
        )

    def find(self, name: str, parameter: str = "contact") -> TownContact:
        """Return the contact of that name or relation. Raises `RefusedError` that names near ones."""
        wanted = plain(name)
        for contact in self.all:
            if wanted in {plain(contact.name), *(plain(other) for other in contact.also), contact.email.casefold()}:
                return contact
        names = [contact.name for contact in self.all]
        similar = near(name, names) or names[:3]
        raise RefusedError(
            f"You have no contact called {name}; there is {joined(similar, 'or')}.", similar, [parameter]
        )


class Messages:
    """Text messages."""

    def __init__(self, now: Callable[[], datetime], contacts: Contacts) -> None:
        self._now = now
        self._contacts = contacts
        start = now()
        self.received: list[TextMessage] = [
            TextMessage(f"in-{index}", raw["contact"], raw["message"], start - timedelta(minutes=raw["minutes_ago"]))
            for index, raw in enumerate(load("people")["received_messages"], 1)
        ]
        self.sent: list[TextMessage] = []

    def send(self, contact: str, text: str) -> TextMessage:
        """Send a text and return what was sent. Raises `RefusedError` for an unknown contact or an empty text."""
        found = self._contacts.find(contact)
        if not text.strip():
            raise RefusedError("The message is empty; what shall it say?", [], ["message"])
        message = TextMessage(f"out-{len(self.sent) + 1}", found.name, text.strip(), self._now())
        self.sent.append(message)
        return message

    def receive(self, contact: str, text: str) -> TextMessage:
        """Add a received message, for drives and tests."""
        message = TextMessage(f"in-{len(self.received) + 1}", self._contacts.find(contact).name, text, self._now())
        self.received.append(message)
        return message


class Mailbox:
    """The driver's e-mail."""

    address = "driver@family.example"

    def __init__(self, now: Callable[[], datetime], contacts: Contacts) -> None:
        self._now = now
        self._contacts = contacts
        start = now()
        self.inbox: list[TownEmail] = [
            TownEmail(
                f"mail-{index}",
                raw["from"],
                (self.address,),
                raw["subject"],
                raw["body"],
                start - timedelta(minutes=raw["minutes_ago"]),
                raw["unread"],
            )
            for index, raw in enumerate(load("people")["received_emails"], 1)
        ]
        self.sent: list[TownEmail] = []

    def send(self, to: list[str], subject: str, body: str) -> TownEmail:
        """Send an e-mail. Raises `RefusedError` without a receiver, or for one who is neither contact nor address."""
        if not to:
            raise RefusedError("Who shall get the e-mail?", [], ["to"])
        addresses = tuple(self._address(name) for name in to)
        email = TownEmail(f"sent-{len(self.sent) + 1}", self.address, addresses, subject, body, self._now())
        self.sent.append(email)
        return email

    def _address(self, name: str) -> str:
        user, at, domain = name.strip().rpartition("@")
        if at and user and "." in domain and " " not in name.strip():
            return name.strip()
        return self._contacts.find(name, "to").email

    def read(self) -> tuple[list[TownEmail], int]:
        """Return the newest three unread e-mails, which count as read afterwards, and how many unread ones are left.

        If all are read, return the newest three.
        """
        newest = sorted(self.inbox, key=lambda email: email.at, reverse=True)
        unread = [email for email in newest if email.unread]
        told = unread[:3] or newest[:3]
        self.inbox = [replace(email, unread=False) if email in told else email for email in self.inbox]
        return told, max(0, len(unread) - len(told))

    def search(self, words: str) -> list[TownEmail]:
        """Return e-mails, received and sent, in which every word occurs, the newest first."""
        wanted = plain(words).split()
        found = [
            email
            for email in (*self.inbox, *self.sent)
            if all(
                word in plain(f"{email.sender} {' '.join(email.to)} {email.subject} {email.body}") for word in wanted
            )
        ]
        return sorted(found, key=lambda email: email.at, reverse=True)

    def sender_name(self, email: TownEmail) -> str:
        """Return the contact's name, or the part of the address that can be spoken."""
        for contact in self._contacts.all:
            if contact.email == email.sender:
                return contact.name
        return email.sender.split("@")[1].split(".")[0]
