"""Makes a call that the dialogue table asks for, and returns its outcome. It decides nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from assistant.dialogue.table_effects import Call
from client.call import CallError, Failed, Outcome, Sent, Succeeded
from client.client_errors import ClientError

MakeCall = Callable[..., Awaitable[Outcome]]
"""`ToolClient.call`, or a function that puts a deadline before it."""


async def outcome_of(make: MakeCall, effect: Call) -> Outcome:
    """Make the call. If the disk cannot store it, that is a failure before the send. Pictures are left out of the
    result.
    """
    try:
        outcome = await make(effect.call, consent=effect.consent, answers=effect.answers)
    except ClientError as error:  # storing comes first, so nothing was sent
        return Failed(CallError("records", str(error), Sent.NO))
    if isinstance(outcome, Succeeded) and outcome.content:  # pictures are for other programs, and for no journal
        return replace(outcome, content=())
    return outcome
