"""Dates, times, durations and lists as people say them, in the language spoken. Pure; it decides nothing."""

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
    month = wording().list("dates", "months")[day.month - 1]
    far = wording().text("dates", "far", weekday=weekday, ordinal=ordinal(day.day), month=month)
    return far + (wording().text("dates", "year", year=day.year) if abs(ahead) > 330 else "")


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "3rd", "4th", "11th", "21st"."""
    endings = wording().table("dates", "endings")
    other = endings["other"]
    return f"{number}{other if 10 < number % 100 < 14 else endings.get(str(number % 10), other)}"


def spoken_time(moment: time) -> str:
    """Return "7 p.m." or "7:30 a.m."; noon and midnight by name."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return wording().text("times", "noon" if moment.hour else "midnight")
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    part = wording().list("times", "parts")[moment.hour >= 12]
    twelve = (moment.hour - 1) % 12 + 1
    return wording().text("times", "clock", twelve=twelve, hour=moment.hour, minutes=minutes, part=part)


def spoken_duration(iso: str) -> str:
    """Return an ISO 8601 duration (`PT1H30M`) as "1 hour and 30 minutes"; raises ValueError for anything else."""
    found = re.fullmatch(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", iso)
    if found is None:
        raise ValueError(f"not an ISO 8601 duration: {iso}")
    names = wording().list("times", "durations")
    parts = [f"{n} {name[n != '1']}" for n, name in zip(found.groups(), names, strict=True) if n]
    return spoken_list(parts) or wording().text("times", "no_time")


def spoken_list(items: Sequence[str], joint: str = "and") -> str:
    """Return "a, b and c"; or, with the joint "or", the same with that."""
    joint = wording().text("words", joint)
    return f" {joint} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
