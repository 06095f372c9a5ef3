"""What survives a crash: one SQLite database for the ledger, the outbox and the cache."""
