"""Days, times and lists in spoken words, for the summaries of results. Knows nothing of the world."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from rapidfuzz import fuzz, process


def day_words(day: date, today: date) -> str:
    """Return "yesterday", "today", "tomorrow", "on Tuesday" within a week, else "on Tuesday, 1 December"."""
    ahead = (day - today).days
    if ahead in (-1, 0, 1):
        return ("today", "tomorrow", "yesterday")[ahead]
    if 1 < ahead < 7:
        return f"on {day:%A}"
    year = f" {day.year}" if day.year != today.year else ""
    return f"on {day:%A}, {day.day} {day:%B}{year}"


def time_words(moment: time) -> str:
    """Return the time of day as "19:00"."""
    return f"{moment:%H:%M}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def number_words(value: float) -> str:
    """Return a number without a needless fraction."""
    return f"{value:.1f}".removesuffix(".0")


def euro_words(value: float) -> str:
    """Return a sum as "1,840.50 euros", "1 euro" or "20 euros"."""
    return "1 euro" if value == 1 else f"{value:,.2f} euros".replace(".00 ", " ")


def plain(name: str) -> str:
    """Return a name folded for comparing: no accents, articles, punctuation or double spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]", "", bare).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"the", "a", "an"} else words)


def near(name: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """Return the names that sound or look like this one, best first."""
    found = process.extract(plain(name), {n: plain(n) for n in names}, scorer=fuzz.WRatio, limit=limit, score_cutoff=60)
    return [key for _, _, key in found]


def read_date(value: str) -> date:
    """Return the day of an ISO date or date-time. Raises `ValueError`."""
    return datetime.fromisoformat(value).date()


def read_time(value: str) -> time:
    """Return the time of day of an ISO time, to the minute. Raises `ValueError`."""
    return time.fromisoformat(value).replace(second=0, microsecond=0, tzinfo=None)
