"""Reaching tools: catalogs, consent-checked calls, outcomes, and what survives a network that fails.

Knows nothing of speech or dialogue; it never decides on its own that something sensitive may happen.
"""
