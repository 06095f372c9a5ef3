"""Dates, times, durations and lists as people say them, in the language spoken. Pure; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from assistant.wording.languages import wording


def spoken_date(day: date, today: date) -> str:
    """Return "today", "tomorrow", "Friday", or "Friday the 4th of December" from a week on."""
    ahead = (day - today).days
    if ahead in (-1, 0, 1):
        return str(wording().list("dates", "near")[ahead + 1])
    weekday = str(wording().list("dates", "weekdays")[day.weekday()])
    if 1 < ahead < 7:
        return weekday
    return spoken_far_date(day, today)


def spoken_far_date(day: date, today: date) -> str:
    """Return "Friday the 4th of December", with the year if it is not this one."""
    weekday = str(wording().list("dates", "weekdays")[day.weekday()])
    month = wording().list("dates", "months")[day.month - 1]
    far = wording().text("dates", "far", weekday=weekday, ordinal=ordinal(day.day), month=month)
    return far + (wording().text("dates", "year", year=day.year) if day.year != today.year else "")


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "3rd", "4th", "11th", "21st"."""
    endings = wording().table("dates", "endings")
    other = endings["other"]
    return f"{number}{other if 10 < number % 100 < 14 else endings.get(str(number % 10), other)}"


def spoken_time(moment: time) -> str:
    """Return "7 p.m.", "7:30 a.m." or "7 p.m. and 5 seconds"; noon and midnight by name."""
    seconds = moment.second + moment.microsecond / 1_000_000
    if seconds:
        told = f"{seconds:f}".rstrip("0").rstrip(".")
        return wording().text(
            "times", "and_seconds", time=spoken_time(moment.replace(second=0, microsecond=0)), seconds=told
        )
    if moment.minute == 0 and moment.hour in (0, 12):
        return wording().text("times", "noon" if moment.hour else "midnight")
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    part = wording().list("times", "parts")[moment.hour >= 12]
    twelve = (moment.hour - 1) % 12 + 1
    return wording().text("times", "clock", twelve=twelve, hour=moment.hour, minutes=minutes, part=part)


def spoken_duration(iso: str) -> str:
    """Return an ISO 8601 duration (`PT1H30M`) as "1 hour and 30 minutes"; raises ValueError for anything else."""
    amount = r"(\d+(?:\.\d+)?)"
    found = re.fullmatch(
        rf"P(?:{amount}Y)?(?:{amount}M)?(?:{amount}W)?(?:{amount}D)?"
        rf"(?:T(?:{amount}H)?(?:{amount}M)?(?:{amount}S)?)?",
        iso,
    )
    if found is None:
        raise ValueError(f"not an ISO 8601 duration: {iso}")
    names = wording().list("times", "durations")
    parts = [f"{n} {name[n != '1']}" for n, name in zip(found.groups(), names, strict=True) if n]
    return spoken_list(parts) or wording().text("times", "no_time")


def spoken_list(items: Sequence[str], joint: str = "and") -> str:
    """Return "a, b and c", or "a, b or c" with the joint "or"."""
    joint = wording().text("words", joint)
    return f" {joint} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
