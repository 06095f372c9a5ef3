"""A look at the text of a calendar file that costs little: whether its events can touch some days at all.

Says yes when in doubt: durations and everything repeated. It parses nothing, and leaves out only what the
expansion would leave out as well.
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
"""A day in another zone is at most a day off; one more for whole days."""


def may_touch(text: str, first: date, last: date) -> bool:
    """Return whether an event of the file may take place from `first` to `last`; False only where none does."""
    bare = _ZONES.sub("", _FOLD.sub("", text))
    starts, ends = _STARTS.findall(bare), _ENDS.findall(bare)
    if _UNSURE.search(bare) or not starts:
        return True
    earliest, latest = f"{first - _SLACK:%Y%m%d}", f"{last + _SLACK:%Y%m%d}"
    return bool(min(starts) <= latest and max((*starts, *ends)) >= earliest)
