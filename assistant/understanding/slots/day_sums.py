"""Sums with days of the calendar: the next one with a number, so many months on, the nearest that is a weekday.

Pure; it knows no words.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def calendar_day(year: int | None, month: int, day: int, *, today: date) -> date | None:
    """Return that day; without a year the next one from today. None where the calendar has no such day."""
    years = [year] if year is not None else [today.year, today.year + 1, today.year + 2, today.year + 3, today.year + 4]
    for candidate in years:
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year is not None or found >= today:
            return found
    return None


def next_day_of_month(day: int, today: date) -> date | None:
    """Return the first day with that number from `today` on; None where no month of a year has it."""
    first = today.replace(day=1)
    for months in range(13):
        month = add_months(first, months)
        if day <= calendar.monthrange(month.year, month.month)[1] and month.replace(day=day) >= today:
            return month.replace(day=day)
    return None


def nearest(weekday: int, number: int, today: date) -> date | None:
    """Return the day of that number that is such a weekday, this month, the next or the last; None where none is."""
    first = today.replace(day=1)
    for month in (first, add_months(first, 1), add_months(first, -1)):
        if number <= calendar.monthrange(month.year, month.month)[1] and month.replace(day=number).weekday() == weekday:
            return month.replace(day=number)
    return None


def add_months(day: date, months: int) -> date:
    """Return the day so many months on, at most the month's last; the same day beyond what the calendar holds."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    if not 1 <= year <= 9998:
        return day
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def shifted(day: date, size: str, count: int) -> date | None:
    """Return the day so many days, weeks, months or years on; None beyond what the calendar holds."""
    try:
        if size == "day":
            return day + timedelta(count)
        if size == "week":
            return day + timedelta(7 * count)
    except OverflowError:
        return None
    return add_months(day, count if size == "month" else 12 * count)
