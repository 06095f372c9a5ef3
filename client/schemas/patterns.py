"""Whether a text fits a server's `pattern`, in limited time whatever the pattern.

Patterns are foreign, and some keep Python's own `re` busy for years. RE2 takes time linear in the text, and refuses
patterns that need more. Pure; it never raises over the content of a pattern or text, and never waits.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

LONGEST_PATTERN = 2_000
"""Characters that a pattern may have to be looked at."""
MOST_STEPS = 1_000_000
"""Instructions of the pattern times bytes of the text. RE2 takes at most about 50 ns each: 0.05 s."""
_MEMORY = 1 << 18
_KEPT = 512
_UNICODE_ESCAPE = re.compile(r"(\\\\)|\\u(?:([0-9A-Fa-f]{4})|\{([0-9A-Fa-f]{1,6})\})")


def matches(pattern: str, text: str) -> bool | None:
    r"""Return whether the pattern is found in the text, as JSON Schema has it: anywhere, unless `^` and `$` say more.

    None where that cannot be said: the pattern is no regular expression, looks around or back (`(?=`, `\1`), or is too
    much work for this text. Then the server has the last word. At most 0.1 s, a bad pattern or a good one.
    """
    compiled = _compiled(pattern)
    if compiled is None or len(text) * compiled.programsize > MOST_STEPS:
        return None
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return None  # half of a surrogate pair
    if len(data) * compiled.programsize > MOST_STEPS:
        return None
    return compiled.search(text) is not None


def as_whole(pattern: str) -> str:
    """Return the pattern as one that the whole text has to fit."""
    return pattern if pattern.startswith("^") and pattern.endswith("$") else f"^(?:{pattern})$"


@lru_cache(maxsize=_KEPT)
def _compiled(pattern: str) -> Any:
    import re2  # only if a schema has a pattern: 20 ms

    if len(pattern) > LONGEST_PATTERN:
        return None
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(_UNICODE_ESCAPE.sub(_escape, pattern), options)
    except (re2.error, UnicodeEncodeError):
        return None


def _escape(found: re.Match[str]) -> str:
    r"""Write ECMAScript's `\u00e9` as RE2 has it, and leave an escaped backslash as it is."""
    return found.group(1) or f"\\x{{{found.group(2) or found.group(3)}}}"
