"""A confirmed call as a card: what, with which values, how old, what becomes of it. Text only; reads no records."""

from __future__ import annotations

from datetime import datetime

from assistant.dashboard.symbols import Symbols
from client.records.outbox import OutboxRow, OutboxState

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def ago(seconds: float) -> str:
    """Return an age as people say it, in its largest unit."""
    if seconds < _MINUTE:
        return "just now"
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= unit:
            count = int(seconds // unit)
            return f"{count} {name}{'s' if count != 1 else ''} ago"
    raise AssertionError


def card(row: OutboxRow, width: int, now: float, symbols: Symbols) -> str:
    """Return the card in lines of exactly that width (at least 20 columns): a frame, three lines of text."""
    inner = max(20, width) - 4
    name, age = row.call.tool.replace("_", " "), ago(now - row.queued_at)
    head = f"{_cut(name, inner - len(age) - 1):<{inner - len(age)}}{age}"
    values = ", ".join(f"{key} {value}" for key, value in row.call.arguments.items()) or "its values were erased"
    top, side, bottom = _frame(symbols, inner + 2)
    lines = (head, _cut(values, inner), _cut(_fate(row), inner))
    return "\n".join([top, *(f"{side} {line:<{inner}} {side}" for line in lines), bottom])


def _fate(row: OutboxRow) -> str:
    if row.state is OutboxState.UNKNOWN:
        return f"{row.call.server} may or may not have done it; l asks whether it happened"
    tried = (
        "not tried yet" if not row.attempts else "tried once" if row.attempts == 1 else f"tried {row.attempts} times"
    )
    if row.state is OutboxState.SENDING:
        return f"is being sent to {row.call.server}; {tried}"
    return f"waits for {row.call.server} until {datetime.fromtimestamp(row.expires_at).astimezone():%H:%M}; {tried}"


def _cut(text: str, width: int) -> str:
    """Return the text, or its beginning with three dots; the whole stands below the list."""
    one = " ".join(text.split())
    return one if len(one) <= width else one[: max(0, width - 3)] + "..."


def _frame(symbols: Symbols, width: int) -> tuple[str, str, str]:
    if not symbols.block:
        return f"+{'-' * width}+", "|", f"+{'-' * width}+"
    return f"╭{'─' * width}╮", "│", f"╰{'─' * width}╯"
