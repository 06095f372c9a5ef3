"""Checks cheaply whether a calendar file can have events on certain days.

If in doubt it says yes, as for durations and every repeated event. It parses nothing, and excludes only files that the
expansion would exclude as well.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_ZONES = re.compile(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE", re.S | re.I)
_UNSURE = re.compile(r"^(?:RRULE|RDATE|RECURRENCE-ID|DURATION|EXRULE)\b", re.M | re.I)
_FOLD = re.compile(r"\r?\n[ \t]")
_STARTS = re.compile(r"^DTSTART\b[^:\r\n]*:(\d{8})", re.M | re.I)
_ENDS = re.compile(r"^DTEND\b[^:\r\n]*:(\d{8})", re.M | re.I)
_SLACK = timedelta(days=2)
"""A day in another zone differs by at most a day; one more day is for whole days."""


def may_touch(text: str, first: date, last: date) -> bool:
    """Return whether an event of the file may take place from `first` to `last`; False only if none can."""
    bare = _ZONES.sub("", _FOLD.sub("", text))
    starts, ends = _STARTS.findall(bare), _ENDS.findall(bare)
    if _UNSURE.search(bare) or not starts:
        return True
    earliest, latest = f"{first - _SLACK:%Y%m%d}", f"{last + _SLACK:%Y%m%d}"
    return bool(min(starts) <= latest and max((*starts, *ends)) >= earliest)
