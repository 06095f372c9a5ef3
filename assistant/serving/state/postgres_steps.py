"""The tables in PostgreSQL, as numbered steps that are only ever added to.

The tables are the same as in the SQLite files, with PostgreSQL's types. A released step is never edited: an older
database is brought up to date by the steps that it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping

from client.records.migrations import Migrations

STEPS: Mapping[str, Migrations] = {
    "store": (
        (
            """CREATE TABLE sessions (
                digest TEXT PRIMARY KEY, user_id TEXT NOT NULL, created_at DOUBLE PRECISION NOT NULL,
                expires_at DOUBLE PRECISION NOT NULL)""",
            "CREATE INDEX sessions_by_end ON sessions (expires_at)",
            "CREATE TABLE requests (scope TEXT NOT NULL, name TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)",
            "CREATE INDEX requests_by_name ON requests (scope, name, at)",
            """CREATE TABLE request_counts (
                scope TEXT NOT NULL, name TEXT NOT NULL, requests BIGINT NOT NULL, PRIMARY KEY (scope, name))""",
            """CREATE TABLE tool_settings (
                user_id TEXT NOT NULL, tool TEXT NOT NULL, setting TEXT NOT NULL, PRIMARY KEY (user_id, tool))""",
            """CREATE TABLE services (
                user_id TEXT NOT NULL, service TEXT NOT NULL, credentials BYTEA NOT NULL,
                PRIMARY KEY (user_id, service))""",
            """CREATE TABLE usage (
                user_id TEXT NOT NULL, tool TEXT NOT NULL, calls BIGINT NOT NULL, PRIMARY KEY (user_id, tool))""",
        ),
    ),
    "platform": (
        (
            """CREATE TABLE servers (
                id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
                command TEXT NOT NULL, args TEXT NOT NULL, env BYTEA NOT NULL, enabled INTEGER NOT NULL,
                total_calls BIGINT NOT NULL DEFAULT 0, last_used_at DOUBLE PRECISION,
                last_health_check DOUBLE PRECISION, created_at DOUBLE PRECISION NOT NULL,
                updated_at DOUBLE PRECISION NOT NULL, deleted_at DOUBLE PRECISION)""",
            "CREATE UNIQUE INDEX server_names ON servers (user_id, name) WHERE deleted_at IS NULL",
            """CREATE TABLE calls (
                id TEXT PRIMARY KEY, sequence BIGINT NOT NULL UNIQUE, server_id TEXT NOT NULL REFERENCES servers (id),
                user_id TEXT NOT NULL, key TEXT, tool_name TEXT NOT NULL, parameters TEXT NOT NULL, response TEXT,
                success INTEGER, error_message TEXT, execution_time DOUBLE PRECISION,
                created_at DOUBLE PRECISION NOT NULL)""",
            "CREATE INDEX calls_by_server ON calls (server_id, sequence)",
            "CREATE UNIQUE INDEX calls_by_key ON calls (server_id, user_id, key) WHERE key IS NOT NULL",
            """CREATE TABLE approvals (
                server_id TEXT NOT NULL REFERENCES servers (id), tool_name TEXT NOT NULL, fingerprint TEXT NOT NULL,
                approved_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (server_id, tool_name))""",
            """CREATE TABLE leases (
                name TEXT PRIMARY KEY, holder TEXT NOT NULL, address TEXT NOT NULL, fence BIGINT NOT NULL,
                state TEXT NOT NULL, expires_at DOUBLE PRECISION NOT NULL)""",
            "CREATE TABLE gateway_services (name TEXT PRIMARY KEY, service TEXT NOT NULL)",
        ),
    ),
}
