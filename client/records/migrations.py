"""The schema of the database, as numbered steps that are only ever added to.

A released step is never edited: a database of an older McQueen is upgraded by the remaining steps.
"""

from __future__ import annotations

Migrations = tuple[tuple[str, ...], ...]
"""Steps, each a tuple of SQL statements."""

MIGRATIONS: Migrations = (
    (
        # The ledger cannot be changed by accident; a deliberate change breaks its chain.
        """CREATE TABLE ledger (
            sequence INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, call_id TEXT NOT NULL,
            server TEXT NOT NULL, tool TEXT NOT NULL, digest TEXT NOT NULL, detail TEXT NOT NULL,
            previous TEXT NOT NULL, hash TEXT NOT NULL)""",
        """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
        """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
        # The end of the chain; without it, a row removed at the end would not be noticed.
        """CREATE TABLE ledger_end (
            one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL)""",
        """CREATE TABLE spent_consents (
            consent_id TEXT PRIMARY KEY, spent_at REAL NOT NULL, call_id TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE calls (
            key TEXT PRIMARY KEY, call_id TEXT NOT NULL, digest TEXT NOT NULL, state TEXT NOT NULL,
            outcome TEXT, attempts INTEGER NOT NULL DEFAULT 0, updated_at REAL NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE outbox (
            position INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
            server TEXT NOT NULL, tool TEXT NOT NULL, arguments TEXT, digest TEXT NOT NULL, repeatable INTEGER NOT NULL,
            queued_at REAL NOT NULL, expires_at REAL NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
            outcome TEXT, updated_at REAL NOT NULL, reported INTEGER NOT NULL DEFAULT 0)""",
        "CREATE INDEX outbox_by_state ON outbox (state, server, position)",
        "CREATE TABLE listings (server TEXT PRIMARY KEY, fetched_at REAL NOT NULL, tools TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE answers (
            digest TEXT PRIMARY KEY, server TEXT NOT NULL, fetched_at REAL NOT NULL, result TEXT NOT NULL)
            WITHOUT ROWID""",
        """CREATE TABLE approvals (
            server TEXT NOT NULL, tool TEXT NOT NULL, fingerprint TEXT NOT NULL, approved_at REAL NOT NULL,
            PRIMARY KEY (server, tool)) WITHOUT ROWID""",
    ),
    ("CREATE TABLE agreements (server TEXT PRIMARY KEY, agreed TEXT NOT NULL, kept_at REAL NOT NULL) WITHOUT ROWID",),
    (
        """CREATE TABLE tool_settings (
            server TEXT NOT NULL, user_id TEXT NOT NULL, tool TEXT NOT NULL, enabled INTEGER NOT NULL,
            priority INTEGER NOT NULL, custom TEXT NOT NULL, set_at REAL NOT NULL,
            PRIMARY KEY (server, user_id, tool)) WITHOUT ROWID""",
    ),
    ("ALTER TABLE calls ADD COLUMN owner TEXT NOT NULL DEFAULT ''",),
    # The terms on which a waiting call was confirmed; "" if an older McQueen stored it, and the driver is asked again.
    ("ALTER TABLE outbox ADD COLUMN agreed TEXT NOT NULL DEFAULT ''",),
    (
        """CREATE TABLE permissions (
            server TEXT NOT NULL, tool TEXT NOT NULL, fingerprint TEXT NOT NULL, given_at REAL NOT NULL,
            PRIMARY KEY (server, tool)) WITHOUT ROWID""",
        # Fingerprints cover more than before, so no old fingerprint equals a new one: tools count as seen for the first
        # time, and so do listings, which lacked the server's address.
        "DELETE FROM approvals",
        "DELETE FROM listings",
    ),
    # Whether an earlier send of a waiting call may have arrived; if so, nobody may say that it was not sent.
    (
        "ALTER TABLE outbox ADD COLUMN maybe_sent INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX outbox_to_tell ON outbox (position) WHERE state IN ('done', 'unknown') AND reported = 0",
        # A call with effects deletes a server's answers; each new answer deletes the oldest.
        "CREATE INDEX answers_by_server ON answers (server)",
        "CREATE INDEX answers_by_age ON answers (fetched_at)",
    ),
)
"""Step n brings a database of version n to version n + 1."""
