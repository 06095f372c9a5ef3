"""Calls of configured servers over McQueen REST: what confirms them, and how each outcome is answered.

Only `voice_confirmations` give consent: `true`, or the argument's own value, for every name that needs one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.serving.confirmed import is_confirmed
from assistant.serving.tool_client_host import Prepared, ToolClientHost, asked_by_server
from client.call import Deferred, Need, NeedsInput, Outcome, Sent, Succeeded, Unknown
from client.calls.server_forms import form_fields, wanted_fields
from client.values import JSON

_MOST_ROUNDS = 4


@dataclass(frozen=True)
class Executed:
    """How a request to execute ended."""

    outcome: Outcome
    unmet: tuple[str, ...] = ()
    """Names that `voice_confirmations` must hold before the call is made."""


async def execute(host: ToolClientHost, prepared: Prepared, confirmations: Mapping[str, Any]) -> Executed:
    """Make the call with the request's confirmations and answers.

    It is first made without a consent. So a known key gets its earlier outcome, and no consent is made for a tool that
    needs none.
    """
    outcome = await host.attempt(prepared)
    for _ in range(_MOST_ROUNDS):
        if not isinstance(outcome, NeedsInput):
            break
        if outcome.need is Need.CONSENT:
            if unmet := _unconfirmed(prepared, outcome, confirmations):
                return Executed(outcome, unmet)
            outcome = await host.attempt(prepared, consent=host.consent(prepared))
        elif outcome.need is Need.ARGUMENTS:
            answers, unmet = _answers(outcome, confirmations)
            if unmet or not answers:
                return Executed(outcome, unmet)
            outcome = await host.attempt(prepared, answers=answers)
        else:
            break
    return Executed(outcome)


def _unconfirmed(prepared: Prepared, needs: NeedsInput, confirmations: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that lack a yes.

    They are those that a trusted server lists for the tool, else all arguments, else the tool's own name. If a server
    asks by itself, its questions come on top. A name that is no argument takes `true` only.
    """
    arguments = prepared.call.arguments
    listed = tuple(name for name in prepared.tool.voice_confirmations if name in arguments)
    wanted = (listed if prepared.tool.trusted else ()) or tuple(arguments) or (prepared.name,)
    if asked_by_server(needs):
        wanted = needs.error.names or (prepared.name,)
    return tuple(name for name in wanted if not is_confirmed(name, arguments, confirmations))


def _answers(needs: NeedsInput, confirmations: Mapping[str, Any]) -> tuple[dict[str, JSON], tuple[str, ...]]:
    """Return the values for the fields that the server asked for, and the names of fields without a value.

    A field with a default is needed like a required field, because the server would use the default silently.
    """
    fields = form_fields(needs.schema)
    answers = {name: _answer(fields[name], confirmations[name]) for name in fields if name in confirmations}
    return answers, tuple(name for name in wanted_fields(needs.schema) if name not in answers)


def _answer(field: Mapping[str, JSON], confirmed: JSON) -> JSON:
    """Return the value that a confirmation gives a field. `true` gives the default, unless the field is a boolean."""
    if confirmed is True and "default" in field and field.get("type") != "boolean":
        return field["default"]
    return confirmed


def answer_of(host: ToolClientHost, prepared: Prepared, executed: Executed) -> tuple[int, dict[str, Any]]:
    """Return status and body. The status is 500 if nobody knows whether it happened, and 200 if that is known.

    `metadata.outcome` names which of the five outcomes it was.
    """
    outcome = executed.outcome
    sentence = host.sentence(prepared, outcome)
    metadata: dict[str, Any] = {
        "service": prepared.tool.service or prepared.tool.server,
        "outcome": outcome.kind,
        "attempts": outcome.attempts,
    }
    if isinstance(outcome, Succeeded):
        if outcome.age is not None:
            metadata["age_seconds"] = outcome.age
        if outcome.served_by:
            metadata["served_by"] = outcome.served_by
        data = outcome.result if isinstance(outcome.result, dict) else {"value": outcome.result}
        return 200, {"data": data, "metadata": metadata}
    if isinstance(outcome, Deferred):
        return 200, {"data": host.waiting(prepared, outcome), "metadata": {**metadata, "summary": sentence}}
    if isinstance(outcome, NeedsInput):
        return 200, {"success": False, **_needs(host, prepared, outcome, executed.unmet, metadata)}
    error = outcome.error
    details = {"code": error.code, "names": list(error.names), "sent": error.sent.value}
    body = {"success": False, "error": sentence, "details": details, "metadata": metadata}
    if isinstance(outcome, Unknown):
        return 500, body
    broken = error.code == "invalid_arguments" and error.sent is Sent.NO
    return (400 if broken else 200), body


def _needs(
    host: ToolClientHost, prepared: Prepared, needs: NeedsInput, unmet: tuple[str, ...], metadata: dict[str, Any]
) -> dict[str, Any]:
    if needs.need is Need.LOGIN:
        service = needs.service or prepared.tool.service or prepared.tool.server
        return {"error": f"Log in to {service} first.", "metadata": {**metadata, "requires_auth": service}}
    if needs.need is Need.CONSENT and unmet:
        more: dict[str, Any] = {"requires_confirmation": list(unmet), "read_back": host.read_back(prepared, needs)}
        return {"error": f"Please confirm {', '.join(unmet)}.", "metadata": {**metadata, **more}}
    if needs.need is Need.ARGUMENTS:
        more = {"requires_confirmation": list(unmet), "schema": dict(needs.schema)}
        return {"error": host.sentence(prepared, needs), "metadata": {**metadata, **more}}
    return {"error": host.sentence(prepared, needs), "details": {"code": needs.error.code}, "metadata": metadata}
