"""The e-mail tool on real servers, with the definition and the sentences of the simulated one.

A name goes to the address that the settings give for it; an address is never guessed from mails, which strangers write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, near, plain
from assistant.services.mail.mail_account import MailAccount
from assistant.services.mail.message_parsing import LONGEST_BODY, Mail
from assistant.services.mail.outgoing import compose
from assistant.services.mail.recipient_answers import sentence_about
from assistant.services.service_host import ServiceHost
from assistant.services.spoken import bounded, one_line
from assistant.town.definitions.communication_tools import EMAIL_PERSONAL
from assistant.town.telling import mails_words, sent_words


@dataclass(frozen=True)
class MailService:
    """The mail of one user."""

    account: MailAccount
    sender: str
    """The sender's address."""
    now: Callable[[], datetime]
    """Local time with its offset."""
    contacts: Mapping[str, str] = field(default_factory=dict)
    """Name to address."""

    def host(self) -> ServiceHost:
        """Return it as a host of one tool."""
        return ServiceHost("mail", (EMAIL_PERSONAL, self.act))

    async def act(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Send, read or search. Raises `RefusedError`."""
        match arguments["action"]:
            case "send":
                return await self._send(arguments)
            case "search":
                return await self._search(arguments)
            case _:
                found = await self.account.read(lambda inbox: inbox.unread())
                return _told("read", found.mails, "There is no e-mail.", found.remaining)

    async def _send(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        subject, body = one_line(str(arguments.get("subject", "")), 200), str(arguments.get("body", ""))
        if not subject.strip() and not body.strip():
            raise RefusedError("What is the e-mail about?", [], ["subject", "body"])
        names = list(arguments.get("to", []))
        if not names:
            raise RefusedError("Who shall get the e-mail?", [], ["to"])
        to = [self._address(name) for name in names]
        message = compose(self.sender, to, subject, body, self.now())
        refused = await self.account.send(lambda outgoing: outgoing.send(message, self.sender, to))
        number = str(message["Message-ID"])
        reached = [name for name, address in zip(names, to, strict=True) if address not in refused]
        missed = [name for name, address in zip(names, to, strict=True) if address in refused]
        got = tuple(address for address in to if address not in refused)
        sent = Mail(number, self.sender, "", got, subject, bounded(body, LONGEST_BODY), self.now(), unread=False)
        told = {
            "summary": sent_words(reached, subject),
            "action": "send",
            "email_id": number,
            "emails": [_fields(sent)],
        }
        if missed:
            told["summary"] = f"{told['summary']} {joined(missed)} did not get it: {sentence_about(refused)}."
            told["not_reached"] = missed
        return told

    async def _search(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        words = one_line(str(arguments.get("subject") or arguments.get("body") or " ".join(arguments.get("to", []))))
        if not words.split():
            raise RefusedError("What shall I look for in your e-mail?", [], ["subject"])
        found = await self.account.read(lambda inbox: inbox.search(words.split()[:10]))
        return _told("search", found, f"No e-mail has the words {words}.")

    def _address(self, name: str) -> str:
        bare = name.strip()
        user, at, domain = bare.rpartition("@")
        if at:
            if user and "." in domain and bare.isascii() and bare.isprintable() and not set(bare) & set(' ,;:<>()"\\'):
                return bare
            raise RefusedError(f"{bare[:60]} is no e-mail address; say it again.", [], ["to"])
        for known, address in self.contacts.items():
            if plain(known) == plain(bare):
                return address
        similar = near(bare, self.contacts) or list(self.contacts)[:3]
        hint = f"there is {joined(similar, 'or')}" if similar else "say the address"
        raise RefusedError(f"You have no contact called {bare[:60]}; {hint}.", similar, ["to"])


def _told(action: str, found: list[Mail], nothing: str, remaining: int = 0) -> dict[str, Any]:
    told = {
        "summary": mails_words([(mail.subject, mail.sender_name) for mail in found], nothing, remaining),
        "action": action,
        "emails": [_fields(mail) for mail in found],
    }
    return told | ({"remaining": remaining} if remaining else {})


def _fields(mail: Mail) -> dict[str, Any]:
    return {
        "email_id": mail.mail_id,
        "from": mail.sender,
        "to": list(mail.to),
        "subject": mail.subject,
        "body": mail.body,
        "at": mail.at.isoformat(),
        "unread": mail.unread,
    }
