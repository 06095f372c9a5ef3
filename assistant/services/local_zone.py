"""The zone in which this machine tells the time, with all its changes of clocks, and not only today's offset.

`datetime.now().astimezone()` carries a fixed offset: an event of July told with January's is an hour off. The C library
knows the rules, whatever `TZ` or /etc/localtime say; this asks it anew for every moment.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo


class LocalZone(tzinfo):
    """The zone of the process, by the C library's rules. One instance is enough: `LOCAL_ZONE`."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """Return the offset at that moment; now's for None."""
        offset = self._at(moment).utcoffset()
        assert offset is not None  # aware by construction
        return offset

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Return None: nobody here asks which part of the offset is daylight saving."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """Return the zone's abbreviation at that moment."""
        return self._at(moment).tzname()

    def fromutc(self, moment: datetime) -> datetime:
        """Return the local time for a moment in UTC that has this zone attached."""
        return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)

    def _at(self, moment: datetime | None) -> datetime:
        return datetime.now().astimezone() if moment is None else moment.replace(tzinfo=None).astimezone()


LOCAL_ZONE = LocalZone()


def whole_zone(zone: tzinfo) -> tzinfo:
    """Return the local zone if the given zone is only today's fixed offset, as from `astimezone()`; else the given
    zone."""
    if isinstance(zone, timezone) and zone is not UTC and zone.tzname(None) in time.tzname:
        return LOCAL_ZONE
    return zone


def local_now() -> datetime:
    """Return the time now in the zone of this machine."""
    return datetime.now(LOCAL_ZONE)
