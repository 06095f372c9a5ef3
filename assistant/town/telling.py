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


def mails_words(found: Sequence[tuple[str, str]], nothing: str, remaining: int = 0) -> str:
    """Return the number of e-mails and their (subject, sender), three in a sentence; without any, `nothing`.

    `remaining` counts further e-mails, which are read out on request.
    """
    if not found:
        return nothing
    named = [f"{subject}, from {sender}" for subject, sender in found]
    number = len(found) + remaining
    count = "One e-mail" if number == 1 else f"{number} e-mails"
    newest = ", the newest of them" if remaining else ""
    first, *others = ["; ".join(named[at : at + 3]) for at in range(0, len(named), 3)]
    return " ".join([f"{count}{newest}: {first}.", *(f"Then {mails}." for mails in others)])


def events_words(events: Sequence[tuple[str, time | None]], day: date, today: date) -> str:
    """Return the events of a day, given as (title, time)."""
    when = day_words(day, today)
    if not events:
        return f"Your calendar is empty {when}."
    named = joined([f"{title} at {time_words(at)}" if at else title for title, at in events])
    return f"{when[:1].upper()}{when[1:]} you have {named}."


def created_words(title: str, day: date, today: date) -> str:
    """Return that an event was created."""
    return f"{title} is in your calendar {day_words(day, today)}."


def moved_words(title: str, day: date, today: date) -> str:
    """Return that an event was moved."""
    return f"{title} is now {day_words(day, today)}."
