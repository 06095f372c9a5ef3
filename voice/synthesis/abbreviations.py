"""Abbreviations in addresses, names and opening hours, and the words for them, in English. Pure.

`St.` and `Dr.` have two meanings each; the words around them decide.
"""

from __future__ import annotations

import re

_ALWAYS = {
    "ave": "avenue", "blvd": "boulevard", "rd": "road", "hwy": "highway", "rte": "route", "mr": "mister",
    "mrs": "missus", "ms": "miz", "prof": "professor", "jr": "junior", "sr": "senior", "mt": "mount",
    "approx": "about", "temp": "temperature", "vs": "versus", "etc": "and so on", "e.g": "for example",
    "i.e": "that is", "incl": "including", "excl": "without", "dept": "department", "tel": "telephone",
}  # fmt: skip
_BEFORE_FIGURES = {"no": "number", "nos": "numbers", "p": "page"}
"""Words of their own, or parts of names, unless a figure follows: "say yes or no."."""
_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "thur": "Thursday",
    "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
_MONTHS = {
    "jan": "January", "feb": "February", "mar": "March", "apr": "April", "jun": "June", "jul": "July",
    "aug": "August", "sep": "September", "sept": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
MONTH_NAMES = ("May", *dict.fromkeys(_MONTHS.values()))

_PLAIN = re.compile(r"\b(" + "|".join(re.escape(key) for key in _ALWAYS) + r")\.(?=[\s,;]|$)", re.IGNORECASE)
_FIGURED = re.compile(r"\b(" + "|".join(_BEFORE_FIGURES) + r")\.\s?(?=\d)", re.IGNORECASE)
_NAMED = re.compile(r"(?:(\S+)\s+)?(?:(\S+)\s+)?\b(St|Dr)\.(?=\s+([A-Z])|[\s,;.]|$)")
_DAY_NAMES = r"(?:" + "|".join(name.capitalize() for name in _DAYS) + r")"
# "Sun" and "Sat" are words, too: a day only beside another day, a figure or a comma before one.
_DAY_RANGE = re.compile(rf"\b({_DAY_NAMES})\.?\s?[-–]\s?({_DAY_NAMES})\b\.?")
_DAY = re.compile(rf"\b({_DAY_NAMES})\b(?:\.(?=\s)|(?=,?\s+(?:\d|{'|'.join(name.capitalize() for name in _MONTHS)})))")
_MONTH = re.compile(r"\b(" + "|".join(name.capitalize() for name in _MONTHS) + r")\b\.?(?=\s+\d)")
_MONTH_AFTER = re.compile(
    r"(?<=\d\s)(" + "|".join(name.capitalize() for name in _MONTHS) + r")\b(?:\.(?=[\s,])|(?=[\s,.]|$))"
)


def expanded(text: str) -> str:
    """Return the text with its abbreviations as whole words."""
    text = _DAY_RANGE.sub(lambda m: f"{_DAYS[m[1].lower()]} to {_DAYS[m[2].lower()]}", text)
    text = _DAY.sub(lambda m: _DAYS[m[1].lower()], text)
    text = _MONTH.sub(lambda m: _MONTHS[m[1].lower()], text)
    text = _MONTH_AFTER.sub(lambda m: _MONTHS[m[1].lower()], text)
    text = _NAMED.sub(_street_or_person, text)
    text = _FIGURED.sub(lambda m: _BEFORE_FIGURES[m[1].lower()] + " ", text)
    return _PLAIN.sub(lambda m: _ALWAYS[m[1].lower()], text)


def _street_or_person(match: re.Match[str]) -> str:
    """`12 Elm Dr.` is a drive, `Dr. Smith` a doctor; `Elm St.` a street, `St. Louis` a saint."""
    before, name, short, following = match[1] or "", match[2] or "", match[3], match[4]
    if not name:  # at most one word before it
        before, name = "", before
    named = name[:1].isupper() and name[-1:].isalnum()
    of_a_place = named and (not following or before[:1].isdigit())
    word = ("street" if of_a_place else "Saint") if short == "St" else ("drive" if of_a_place else "doctor")
    return " ".join(part for part in (before, name, word) if part)
