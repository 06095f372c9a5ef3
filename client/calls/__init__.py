"""One call, from its first record to its outcome."""
