"""The driver's messages, e-mail and calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import plain, read_date
from assistant.town.calendar import Event
from assistant.town.people import TownEmail
from assistant.town.telling import created_words, events_words, mails_words, moved_words, sent_words
from assistant.town.world import World


def send_message(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Send a text to a contact."""
    message = world.messages.send(arguments["contact"], arguments["message"])
    return {
        "summary": f"Your message to {message.contact} is sent: {message.message}",
        "message_id": message.message_id,
        "contact": message.contact,
        "message": message.message,
        "sent_at": message.at.isoformat(),
    }


def read_messages(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Messages with everybody, or with one contact."""
    contact = world.contacts.find(arguments["contact"]).name if arguments.get("contact") else None
    rows = [("received", message) for message in world.messages.received]
    rows += [("sent", message) for message in world.messages.sent]
    found = sorted(
        ((way, m) for way, m in rows if contact in (None, m.contact)), key=lambda row: row[1].at, reverse=True
    )
    newest = [
        f"{m.contact}: {m.message}" if way == "received" else f"you to {m.contact}: {m.message}" for way, m in found
    ]
    nobody = f"There are no messages with {contact}." if contact else "There are no messages."
    return {
        "summary": "; ".join(newest[:3]) if newest else nobody,
        "messages": [
            {
                "message_id": message.message_id,
                "direction": way,
                "contact": message.contact,
                "message": message.message,
                "at": message.at.isoformat(),
            }
            for way, message in found
        ],
    }


def email_personal(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Send, read or search e-mail."""
    action = arguments["action"]
    if action == "send":
        subject, body = arguments.get("subject", ""), arguments.get("body", "")
        if not subject and not body:
            raise RefusedError("What is the e-mail about?", [], ["subject", "body"])
        email = world.mailbox.send(arguments.get("to", []), subject, body)
        return {
            "summary": sent_words(arguments["to"], subject),
            "action": action,
            "email_id": email.email_id,
            "emails": [_email(email)],
        }
    remaining = 0
    if action == "search":
        words = arguments.get("subject") or arguments.get("body") or " ".join(arguments.get("to", []))
        if not words:
            raise RefusedError("What shall I look for in your e-mail?", [], ["subject"])
        found = world.mailbox.search(words)
        nothing = f"No e-mail has the words {words}."
    else:
        found, remaining = world.mailbox.read()
        nothing = "There is no e-mail."
    named = [(email.subject, world.mailbox.sender_name(email)) for email in found]
    told = {
        "summary": mails_words(named, nothing, remaining),
        "action": action,
        "emails": [_email(email) for email in found],
    }
    return told | ({"remaining": remaining} if remaining else {})


def _email(email: TownEmail) -> dict[str, Any]:
    return {
        "email_id": email.email_id,
        "from": email.sender,
        "to": list(email.to),
        "subject": email.subject,
        "body": email.body,
        "at": email.at.isoformat(),
        "unread": email.unread,
    }


def calendar_personal(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """See, create or move events."""
    action, title = arguments["action"], (arguments.get("event_title") or "").strip()
    day = read_date(arguments["start_date"]) if arguments.get("start_date") else None
    if action == "get_events":
        shown = day or world.today
        events = world.calendar.on(shown)
        if title:
            events = [event for event in events if plain(title) in plain(event.title)]
        summary = events_words([(event.title, event.time) for event in events], shown, world.today)
        return {"summary": summary, "action": action, "events": [_event(event) for event in events]}
    if not title:
        raise RefusedError("What is the event called?", [], ["event_title"])
    if day is None:
        raise RefusedError(f"On which day is {title}?", [], ["start_date"])
    if action == "create_event":
        event = world.calendar.add(title, day)
        summary = created_words(title, day, world.today)
    else:
        event = world.calendar.move(title, day)
        summary = moved_words(event.title, day, world.today)
    return {"summary": summary, "action": action, "events": [_event(event)]}


def _event(event: Event) -> dict[str, Any]:
    fields = {"event_id": event.event_id, "event_title": event.title, "start_date": event.day.isoformat()}
    return fields | ({"time": event.time.isoformat()} if event.time else {})
