"""The platform's database: the servers of its users, and the log of their calls.

Deleted rows are only marked. Environments of servers may hold secrets: they are encrypted in the file, and never in the
log. A call is logged before it is sent, so the same idempotency key is never executed twice, whatever happens in
between.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.fernet import Fernet

from assistant.serving.state.database import Database, Sql
from client.records.migrations import Migrations
from client.values import JSON

MIGRATIONS: Migrations = (
    (
        """CREATE TABLE servers (
            id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
            command TEXT NOT NULL, args TEXT NOT NULL, env BLOB NOT NULL, enabled INTEGER NOT NULL,
            total_calls INTEGER NOT NULL DEFAULT 0, last_used_at REAL, last_health_check REAL,
            created_at REAL NOT NULL, updated_at REAL NOT NULL, deleted_at REAL) WITHOUT ROWID""",
        "CREATE UNIQUE INDEX server_names ON servers (user_id, name) WHERE deleted_at IS NULL",
        """CREATE TABLE calls (
            id TEXT PRIMARY KEY, sequence INTEGER NOT NULL UNIQUE, server_id TEXT NOT NULL REFERENCES servers (id),
            user_id TEXT NOT NULL, key TEXT, tool_name TEXT NOT NULL, parameters TEXT NOT NULL, response TEXT,
            success INTEGER, error_message TEXT, execution_time REAL, created_at REAL NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX calls_by_server ON calls (server_id, sequence)",
        "CREATE UNIQUE INDEX calls_by_key ON calls (server_id, user_id, key) WHERE key IS NOT NULL",
    ),
    (
        """CREATE TABLE approvals (
            server_id TEXT NOT NULL REFERENCES servers (id), tool_name TEXT NOT NULL, fingerprint TEXT NOT NULL,
            approved_at REAL NOT NULL, PRIMARY KEY (server_id, tool_name)) WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE leases (
            name TEXT PRIMARY KEY, holder TEXT NOT NULL, address TEXT NOT NULL, fence INTEGER NOT NULL,
            state TEXT NOT NULL, expires_at REAL NOT NULL) WITHOUT ROWID""",
        "CREATE TABLE gateway_services (name TEXT PRIMARY KEY, service TEXT NOT NULL) WITHOUT ROWID",
    ),
    ("ALTER TABLE servers ADD COLUMN scale TEXT",),
)
"""Step n takes a file from version n to version n + 1. Steps are only ever added."""


@dataclass(frozen=True)
class ServerRecord:
    """A user's server. Times are in seconds since the epoch."""

    id: str
    user_id: str
    name: str
    command: str
    created_at: float
    updated_at: float
    description: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    enabled: bool = True
    scale: Mapping[str, float] | None = None
    """How many copies there may be, as in `ScaleEntry`; None for one."""
    total_calls: int = 0
    last_used_at: float | None = None
    last_health_check: float | None = None
    deleted_at: float | None = None


@dataclass(frozen=True)
class CallRecord:
    """One call in the log. `execution_time` is in milliseconds; `success` is None while nobody knows."""

    id: str
    server_id: str
    user_id: str
    tool_name: str
    parameters: Mapping[str, JSON]
    created_at: float
    key: str | None = None
    response: JSON = None
    success: bool | None = None
    error_message: str | None = None
    execution_time: float | None = None


@dataclass(frozen=True)
class CallFilter:
    """Which calls to list; every field narrows the list. `since` and `until` are in seconds since the epoch."""

    tool_name: str | None = None
    success: bool | None = None
    since: float | None = None
    until: float | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class CallTotals:
    """Finished calls; times in milliseconds. A call whose answer was lost counts as failed."""

    calls: int = 0
    failures: int = 0
    total_time: float = 0.0

    @property
    def average_time(self) -> float:
        """Average milliseconds of a call; 0 if there was none."""
        return self.total_time / self.calls if self.calls else 0.0


class DuplicateNameError(Exception):
    """The user already has a server of that name."""


class PlatformRecords:
    """The platform's database. `now` is in seconds since the epoch."""

    def __init__(self, database: Database, encryption_key: str, now: Callable[[], float]) -> None:
        self._database = database
        self._fernet = Fernet(encryption_key)
        self._now = now

    # -- servers --

    async def create(self, user_id: str, fields: Mapping[str, Any]) -> ServerRecord:
        """Store a new server. Raises `DuplicateNameError`."""
        now = self._now()
        record = ServerRecord(id=str(uuid.uuid4()), user_id=user_id, created_at=now, updated_at=now, **fields)
        await self._database.run(lambda connection: self._put(connection, record))
        return record

    async def update(self, record: ServerRecord, **changes: Any) -> ServerRecord:
        """Store changed fields of a server. Raises `DuplicateNameError`."""
        changed = replace(record, updated_at=self._now(), **changes)
        await self._database.run(lambda connection: self._put(connection, changed))
        return changed

    async def checked(self, server_id: str, at: float | None = None) -> None:
        """Note when a server was checked, in seconds since the epoch; now unless given."""
        now = self._now() if at is None else at
        await self._database.run(
            lambda connection: connection.execute(
                "UPDATE servers SET last_health_check = ? WHERE id = ?", (now, server_id)
            )
        )

    async def approved(self, server_id: str, tool: str) -> str | None:
        """Return the fingerprint with which a tool was approved; None if it was never seen."""
        query = "SELECT fingerprint FROM approvals WHERE server_id = ? AND tool_name = ?"
        row = await self._database.run(lambda connection: connection.execute(query, (server_id, tool)).fetchone())
        return str(row[0]) if row is not None else None

    async def approve(self, server_id: str, tool: str, fingerprint: str) -> None:
        """Approve a tool in its present form."""
        row = (server_id, tool, fingerprint, self._now())
        await self._database.run(lambda connection: connection.execute(_APPROVE, row))

    async def forget_approvals(self, server_id: str) -> None:
        """Delete the approvals of a server, after its owner changed its command or address."""
        query = "DELETE FROM approvals WHERE server_id = ?"
        await self._database.run(lambda connection: connection.execute(query, (server_id,)))

    async def servers(self, user_id: str | None = None) -> Sequence[ServerRecord]:
        """Return the servers that are not deleted, of one user or of all, oldest first."""

        whose = "" if user_id is None else "AND user_id = ?"

        def work(connection: Sql) -> list[ServerRecord]:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM servers WHERE deleted_at IS NULL {whose} ORDER BY created_at, id",  # noqa: S608  # our own column names
                () if user_id is None else (user_id,),
            )
            return [self._server(row) for row in rows.fetchall()]

        return await self._database.run(work)

    async def find(self, server_id: str) -> ServerRecord | None:
        """Return a server that is not deleted."""

        def work(connection: Sql) -> ServerRecord | None:
            query = f"SELECT {_COLUMNS} FROM servers WHERE id = ? AND deleted_at IS NULL"  # noqa: S608  # our own column names
            row = connection.execute(query, (server_id,)).fetchone()
            return None if row is None else self._server(row)

        return await self._database.run(work)

    # -- services of the gateway --

    async def gateway_services(self) -> Mapping[str, str]:
        """Return the gateway's services as JSON, by name."""
        query = "SELECT name, service FROM gateway_services ORDER BY name"
        return dict(await self._database.run(lambda connection: connection.execute(query).fetchall(), synced=False))

    async def keep_gateway_service(self, name: str, service: str | None) -> None:
        """Store a service in place of an earlier service of that name; None deletes it."""

        def work(connection: Sql) -> None:
            connection.execute("DELETE FROM gateway_services WHERE name = ?", (name,))
            if service is not None:
                connection.execute("INSERT INTO gateway_services VALUES (?, ?)", (name, service))

        await self._database.run(work, alone="gateway services")

    # -- calls --

    async def begin_call(
        self,
        server_id: str,
        user_id: str,
        tool: str,
        parameters: Mapping[str, JSON],
        key: str | None,
        check: Callable[[Sql], None] = lambda sql: None,
    ) -> tuple[CallRecord, bool]:
        """Log a call before it is sent. Return it, or the earlier call with the same key, and whether it is new.

        `check` runs in the same transaction; if it raises an error, nothing is logged.
        """
        now = self._now()
        record = CallRecord(str(uuid.uuid4()), server_id, user_id, tool, parameters, now, key)

        def work(connection: Sql) -> tuple[CallRecord, bool]:
            check(connection)
            if key is not None:
                row = connection.execute(
                    f"SELECT {_CALL_COLUMNS} FROM calls WHERE server_id = ? AND user_id = ? AND key = ?",  # noqa: S608  # our own column names
                    (server_id, user_id, key),
                ).fetchone()
                if row is not None:
                    return _call(row), False
            connection.execute(
                "INSERT INTO calls (id, sequence, server_id, user_id, key, tool_name, parameters, created_at) "
                "SELECT ?, 1 + coalesce(max(sequence), 0), ?, ?, ?, ?, ?, ? FROM calls",
                (record.id, server_id, user_id, key, tool, json.dumps(dict(parameters)), now),
            )
            connection.execute(
                "UPDATE servers SET total_calls = total_calls + 1, last_used_at = ? WHERE id = ?", (now, server_id)
            )
            return record, True

        return await self._database.run(work, alone="calls")

    async def end_call(self, record: CallRecord) -> None:
        """Store how a call ended."""
        success = None if record.success is None else int(record.success)
        ended = (success, record.error_message, record.execution_time)
        values = (json.dumps(record.response), *ended, record.key, record.id)
        await self._database.run(
            lambda connection: connection.execute(
                "UPDATE calls SET response = ?, success = ?, error_message = ?, execution_time = ?, key = ? "
                "WHERE id = ?",
                values,
            )
        )

    async def calls(self, server_id: str, wanted: CallFilter) -> tuple[Sequence[CallRecord], int]:
        """Return a page of a server's calls, newest first, and the number of all of them."""
        conditions: dict[str, Any] = {
            "server_id = ?": server_id,
            "tool_name = ?": wanted.tool_name,
            "success = ?": None if wanted.success is None else int(wanted.success),
            "created_at >= ?": wanted.since,
            "created_at < ?": wanted.until,
        }
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where, values = " AND ".join(given), tuple(given.values())

        def work(connection: Sql) -> tuple[list[CallRecord], int]:
            (total,) = connection.execute(f"SELECT count(*) FROM calls WHERE {where}", values).fetchone()  # noqa: S608  # our own conditions
            rows = connection.execute(
                f"SELECT {_CALL_COLUMNS} FROM calls WHERE {where} ORDER BY sequence DESC LIMIT ? OFFSET ?",  # noqa: S608  # our own column names
                (*values, wanted.limit, wanted.offset),
            )
            return [_call(row) for row in rows.fetchall()], total

        return await self._database.run(work)

    async def totals(self, server_id: str | None = None) -> CallTotals:
        """Return the totals of the finished calls, of one server or of all."""

        which = "" if server_id is None else " AND server_id = ?"

        def work(connection: Sql) -> CallTotals:
            row = connection.execute(
                "SELECT count(*), coalesce(sum(CASE WHEN success = 1 THEN 0 ELSE 1 END), 0), "  # noqa: S608  # our own condition
                f"coalesce(sum(execution_time), 0.0) FROM calls WHERE execution_time IS NOT NULL{which}",
                () if server_id is None else (server_id,),
            ).fetchone()
            return CallTotals(*row)

        return await self._database.run(work)

    # -- rows --

    def _put(self, connection: Sql, record: ServerRecord) -> None:
        values = (
            record.id,
            record.user_id,
            record.name,
            record.description,
            record.command,
            json.dumps(record.args),
            self._fernet.encrypt(json.dumps(dict(record.env)).encode()),
            int(record.enabled),
            None if record.scale is None else json.dumps(dict(record.scale)),
            record.created_at,
            record.updated_at,
            record.deleted_at,
        )
        try:
            connection.execute(
                """INSERT INTO servers (
                    id, user_id, name, description, command, args, env, enabled, scale,
                    created_at, updated_at, deleted_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    name = excluded.name, description = excluded.description, command = excluded.command,
                    args = excluded.args, env = excluded.env, enabled = excluded.enabled, scale = excluded.scale,
                    updated_at = excluded.updated_at, deleted_at = excluded.deleted_at""",
                values,
            )
        except sqlite3.IntegrityError as error:
            raise DuplicateNameError(record.name) from error

    def _server(self, row: Sequence[Any]) -> ServerRecord:
        fields = dict(zip(_SERVER_FIELDS, row, strict=True))
        env = json.loads(self._fernet.decrypt(fields.pop("env")))
        args = tuple(json.loads(fields.pop("args")))
        kept = fields.pop("scale")
        scale = None if kept is None else json.loads(kept)
        return ServerRecord(**{**fields, "enabled": bool(fields["enabled"])}, args=args, env=env, scale=scale)


_APPROVE = (
    "INSERT INTO approvals VALUES (?, ?, ?, ?) ON CONFLICT (server_id, tool_name) "
    "DO UPDATE SET fingerprint = excluded.fingerprint, approved_at = excluded.approved_at"
)
_SERVER_FIELDS = (
    "id", "user_id", "name", "description", "command", "args", "env", "enabled", "scale", "total_calls", "last_used_at",
    "last_health_check", "created_at", "updated_at", "deleted_at",
)  # fmt: skip
_COLUMNS = ", ".join(_SERVER_FIELDS)
_CALL_FIELDS = (
    "id", "server_id", "user_id", "key", "tool_name", "parameters", "response", "success", "error_message",
    "execution_time", "created_at",
)  # fmt: skip
_CALL_COLUMNS = ", ".join(_CALL_FIELDS)


def _call(row: Sequence[Any]) -> CallRecord:
    fields = dict(zip(_CALL_FIELDS, row, strict=True))
    response = fields.pop("response")
    success = fields.pop("success")
    return CallRecord(
        **{**fields, "parameters": json.loads(fields["parameters"])},
        response=None if response is None else json.loads(response),
        success=None if success is None else bool(success),
    )
