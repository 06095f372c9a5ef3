"""A call that the table wants, made and brought to an outcome that a conversation can keep. It decides nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from assistant.dialogue.table_effects import Call
from client.call import CallError, Failed, Outcome, Sent, Succeeded
from client.client_errors import ClientError

MakeCall = Callable[..., Awaitable[Outcome]]
"""`ToolClient.call`, or what stands before it with a deadline."""


async def outcome_of(make: MakeCall, effect: Call) -> Outcome:
    """Make the call. A disk that stores nothing is a failure before the send; pictures are left out of the result."""
    try:
        outcome = await make(effect.call, consent=effect.consent, answers=effect.answers)
    except ClientError as error:  # storing comes first, so nothing was sent
        return Failed(CallError("records", str(error), Sent.NO))
    if isinstance(outcome, Succeeded) and outcome.content:  # pictures are for other programs, and for no journal
        return replace(outcome, content=())
    return outcome
