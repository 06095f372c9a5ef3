"""Makes text that strangers wrote fit to be spoken: one line, no control characters, bounded. Never read as orders."""

from __future__ import annotations

import unicodedata

LONGEST_TITLE = 120
"""Most letters of a subject or title that are spoken."""


def one_line(text: str, longest: int = LONGEST_TITLE) -> str:
    """Return the text on one line without control, direction and private characters, cut at a word."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[: longest * 8])
    bare = " ".join(kept.split())
    if len(bare) <= longest:
        return bare
    head = bare[:longest]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head else head} ..."


def bounded(text: str, longest: int) -> str:
    """Return the text with its line breaks, without other control characters, cut to that length."""
    kept = "".join(c for c in text[: longest * 2] if c == "\n" or unicodedata.category(c)[0] != "C")
    return kept.strip()[:longest]
