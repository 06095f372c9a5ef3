"""What survives: one SQLite database for the ledger, the outbox and the cache."""
