"""Makes idempotency keys: one for each logical call, stored before the first send and sent with every attempt.

It only makes keys; servers decide whether to honour them.
"""

from __future__ import annotations

import uuid
from typing import Final

from client.values import JSON, canonical

_OF_CALLS: Final = uuid.UUID("6f1c9a52-43a5-5f0e-9f0b-9d1d3c1f6e07")
_OF_REMOTE_CALLERS: Final = uuid.UUID("6d1f0d0a-5f0e-4c1b-9d5a-2f6a5b0c7e11")


def new_key() -> str:
    """Return a key that no other call has."""
    return str(uuid.uuid4())


def key_of_call(call_id: str) -> str:
    """Return the key of a call whose id is stored, so that a replayed conversation makes the same key again."""
    return str(uuid.uuid5(_OF_CALLS, call_id))


def key_of_remote(*parts: JSON) -> str:
    """Return the key for what another program sent: equal parts give an equal key."""
    return str(uuid.uuid5(_OF_REMOTE_CALLERS, canonical(list(parts))))


def id_of_remote(key: str) -> str:
    """Return the call id for a key, so that a repeat finds the questions that its first attempt left open."""
    return str(uuid.uuid5(_OF_REMOTE_CALLERS, f"call {key}"))
