"""Takes what a long-running program has loaded out of the rounds of Python's garbage collector.

A full round looks at every object, holds the event loop meanwhile, and is begun by work that makes many objects, such
as reading a listing of 1,000 tools. Modules, data of languages and open servers stay anyway. It frees nothing.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager

SETTLED_AFTER = 10.0
"""Seconds after which everything that stays is loaded."""


@contextmanager
def settling(seconds: float = SETTLED_AFTER) -> Iterator[None]:
    """Do it once, so many seconds from now, if the program still runs then. Needs a running event loop."""
    settled = asyncio.get_running_loop().call_later(seconds, gc.freeze)
    try:
        yield
    finally:
        settled.cancel()
