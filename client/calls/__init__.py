"""Calls: each from its first record to its outcome."""
