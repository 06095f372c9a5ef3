"""The sentences that simulated and real services share, so that a driver hears no difference. Knows no service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from assistant.hosting.spoken_words import day_words, joined, time_words


def weather_words(
    place: str, temperature: int, condition: str, tomorrow: str, high: int, *, imperial: bool = False
) -> str:
    """Return the weather of a place now and tomorrow in one sentence."""
    scale = "degrees Fahrenheit" if imperial else "degrees"
    return f"In {place} it is {temperature} {scale}, {condition}; tomorrow {tomorrow}, up to {high}."


def sent_words(to: Sequence[str], subject: str) -> str:
    """Return that an e-mail is sent."""
    about = f" about {subject}" if subject else ""
    return f"Your e-mail to {joined(to)}{about} is sent."


def mails_words(found: Sequence[tuple[str, str]], nothing: str) -> str:
    """Return how many e-mails there are and the first three, given as (subject, sender); else `nothing`."""
    if not found:
        return nothing
    named = [f"{subject}, from {sender}" for subject, sender in found[:3]]
    count = "One e-mail" if len(found) == 1 else f"{len(found)} e-mails"
    return f"{count}: {'; '.join(named)}."


def events_words(events: Sequence[tuple[str, time | None]], day: date, today: date) -> str:
    """Return the events of a day, given as (title, time)."""
    when = day_words(day, today)
    if not events:
        return f"Your calendar is empty {when}."
    named = joined([f"{title} at {time_words(at)}" if at else title for title, at in events])
    return f"{when[:1].upper()}{when[1:]} you have {named}."


def created_words(title: str, day: date, today: date) -> str:
    """Return that an event was written down."""
    return f"{title} is in your calendar {day_words(day, today)}."


def moved_words(title: str, day: date, today: date) -> str:
    """Return that an event was moved."""
    return f"{title} is now {day_words(day, today)}."
