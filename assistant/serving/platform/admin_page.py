"""The page at `/admin` as text: servers, calls, users, limits and audit, and the form that asks for a token.

Pure: its content is passed in. It has no scripts, and only one button, which logs out.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.serving.html_tables import beginning, table
from assistant.serving.platform.server_records import CallTotals, ServerRecord
from client.servers.processes.process_use import ProcessUse
from client.servers.processes.supervision import ServerReport

REFRESH_SECONDS = 10
NEWEST = 50
"""How many rows of the audit log are shown."""
MOST_USERS = 200
_LONGEST = 120
"""Most characters of a cell."""


@dataclass(frozen=True)
class ManagedServer:
    """The present state of one server of the platform."""

    record: ServerRecord
    status: str
    report: ServerReport | None
    """None if it does not run in this process."""
    use: ProcessUse | None


@dataclass(frozen=True)
class AdminView:
    """The content of the page. `now` is in seconds since the epoch."""

    who: str
    now: float
    servers: Sequence[ManagedServer]
    totals: CallTotals
    limits: Sequence[tuple[str, str]]
    """What is limited, and to how much."""
    audit: Sequence[Mapping[str, Any]]
    """Rows of the audit log, the oldest first."""


@dataclass(frozen=True)
class AdminTable:
    """One table of text."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def admin_tables(view: AdminView) -> list[AdminTable]:
    """Return the whole content as tables: the page's tables, and the tables of programs."""
    kinds = Counter((str(row["event"]), str(row["outcome"])) for row in view.audit)
    calls = [[event, outcome, str(count)] for (event, outcome), count in sorted(kinds.items())]
    heads = ["server", "user", "state", "process", "up", "CPU", "memory", "open files", "calls", "what is wrong"]
    newest = list(reversed(view.audit[-NEWEST:]))
    return [
        AdminTable("Servers", heads, [_server(one) for one in view.servers]),
        AdminTable("Calls and changes", ["what", "outcome", "times"], calls),
        AdminTable("Users", ["user", "servers", "rows of audit", "refused or failed", "last seen"], [*_users(view)]),
        AdminTable("Limits", ["what", "how much"], view.limits),
        AdminTable("Audit", ["when", "what", "user", "address", "outcome"], [_row(entry) for entry in newest]),
    ]


def admin_page(view: AdminView) -> str:
    """Return the page."""
    totals = view.totals
    servers, *others = (table(one.title, one.heads, one.rows) for one in admin_tables(view))
    parts = [
        beginning("McQueen: administration", REFRESH_SECONDS),
        f"<form method=post action=/admin/logout><p>{html.escape(view.who)} "
        "<button type=submit>Log out</button></p></form>",
        servers,
        f"<p>Calls of the platform's servers: {totals.calls}, failed: {totals.failures}, "
        f"on average {totals.average_time:.1f} ms.</p>",
        *others,
        f"<p>{_moment(view.now)} UTC. Calls, users and audit are those of this process since its start, "
        f"the newest {NEWEST} rows of audit first. mcqueen serve --verify-audit checks the whole log.</p>",
    ]
    return "\n".join(parts)


def login_page(trouble: str = "") -> str:
    """Return the form that asks for a token, with the fault of the last token."""
    told = f"<p class=alert>{html.escape(trouble)}</p>" if trouble else ""
    return (
        f"{beginning('McQueen: administration')}{told}<form method=post action=/admin/login>"
        "<p><label>Token <input type=password name=token autocomplete=off required autofocus></label> "
        "<button type=submit>Log in</button></p></form>"
        "<p><code>mcqueen serve --token-for USER --admin</code> prints one.</p>"
    )


def _server(one: ManagedServer) -> list[str]:
    report, use = one.report, one.use
    pid = report.pid if report is not None else None
    return [
        one.record.name[:_LONGEST],
        one.record.user_id[:_LONGEST],
        one.status,
        str(pid) if pid is not None else "",
        _span(report.uptime) if report is not None and pid is not None else "",
        f"{use.cpu * 100:.1f} %" if use is not None else "",
        f"{use.memory / 2**20:.1f} MB" if use is not None else "",
        str(use.open_files) if use is not None else "",
        str(one.record.total_calls),
        report.detail[:_LONGEST] if report is not None else "",
    ]


def _users(view: AdminView) -> Iterable[Sequence[str]]:
    servers = Counter(one.record.user_id for one in view.servers)
    rows: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    last: dict[str, str] = {}
    for entry in view.audit:
        user = entry["user_id"]
        if user is None:
            continue
        rows[user] += 1
        failed[user] += entry["outcome"] in _BAD
        last[user] = str(entry["at"])
    names = sorted({*servers, *rows}, key=lambda name: (last.get(name, ""), name), reverse=True)
    for name in names[:MOST_USERS]:
        yield name[:_LONGEST], str(servers[name]), str(rows[name]), str(failed[name]), last.get(name, "")[:19]


_BAD = frozenset({"refused", "failed", "invalid", "unknown", "not_enabled"})
"""Outcomes of the audit log that are trouble."""


def _row(entry: Mapping[str, Any]) -> list[str]:
    told = (str(entry["at"])[:19], entry["event"], entry["user_id"], entry["address"], entry["outcome"])
    return ["" if value is None else str(value)[:_LONGEST] for value in told]


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


def _span(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"
