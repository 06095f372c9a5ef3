"""Transitions for what a server asks in the middle of a call: its message is said, its fields are asked and read back.

The driver cannot tell who asked. Whatever leads away from the question declines it, and with it the call.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.events import CallEnded, Event
from assistant.dialogue.forms import message_of, next_field, open_form, visit_text
from assistant.dialogue.requests import confirm, options_of, proceed
from assistant.dialogue.speaking import Step, join, say
from assistant.dialogue.state import Mode, OpenQuestion, State
from assistant.dialogue.table_effects import Call, Decline, Earcon, Effect, Purpose
from assistant.policy.driving import DrivingState
from assistant.policy.timing import MOST_OPTIONS
from assistant.wording.prompts import prompt
from assistant.wording.replies import in_breaths, login_reminder, needs_text, question_for, sentence
from client.call import Need, NeedsInput
from client.calls.server_forms import form_fields
from client.catalog import Tool


def input_wanted(state: State, event: Event, tool: Tool | None) -> Step:
    """Say what the server asks, and ask for it. `state` remembers the call that ended so, of that tool."""
    assert isinstance(event, CallEnded)
    outcome = event.outcome
    assert isinstance(outcome, NeedsInput)
    if tool is None or state.request is None:
        return say(state, sentence(outcome.error.message), Purpose.STATEMENT, mode=Mode.REPORTING)
    call = state.past.call if state.past is not None else None
    if outcome.need is Need.CONSENT:
        by_server = outcome.error.code == "confirmation_wanted"
        asking = replace(state, server_asks=None, open_call=call if by_server else None)
        return confirm(asking, tool, event.at, message_of(tool, outcome) if by_server else "")
    if outcome.need is Need.ARGUMENTS:
        asking = replace(state, server_asks=OpenQuestion(outcome), open_call=call)
        return ask_next_answer(asking, event.at, message_of(tool, outcome))
    if outcome.need is Need.APPROVAL:
        asking = replace(state, server_asks=OpenQuestion(outcome))
        return say(asking, needs_text(tool, outcome), Purpose.QUESTION, mode=Mode.ANSWERING)
    return _log_in(state, tool, outcome)


def _log_in(state: State, tool: Tool, outcome: NeedsInput) -> Step:
    over = replace(state, request=None, earlier=(), server_asks=OpenQuestion(outcome))
    if state.driving is not DrivingState.PARKED:
        over = replace(over, when_parked=(*over.when_parked, login_reminder(tool, outcome)))
    text = visit_text(outcome) if "url" in outcome.schema else needs_text(tool, outcome)
    return join(say(over, text, Purpose.STATEMENT, mode=Mode.REPORTING), Earcon("error"))


def ask_next_answer(state: State, at: float, lead: str = "") -> Step:
    """Ask for the next value of the server's form, else read back all that is to be sent. `lead` is said first."""
    form, request = open_form(state), state.request
    tool = state.catalog.find(request.tool) if request is not None else None
    if form is None or tool is None:
        return proceed(state, at)
    name = next_field(form.needs, form.answers)
    if not name:
        return confirm(replace(state, asked="", options=(), others=()), tool, at)
    schema = form_fields(form.needs.schema).get(name, {})
    options = options_of(schema)
    few = options if len(options) <= MOST_OPTIONS else ()
    asking = replace(state, asked=name, options=few, others=() if few else options, tries=0)
    question = question_for(tool, name, schema)
    first = in_breaths(lead, state.driving, beside=question)[0] if lead else ""  # all of it is in the read-back
    return say(asking, f"{first} {question}".strip(), Purpose.QUESTION, mode=Mode.ANSWERING)


def refusal(state: State, name: str) -> str:
    """Return what is said when the driver turns something down: that a server's question went with it, if one did.

    A question of this program's own tools, as the car's, is none of a service's.
    """
    call = state.open_call
    if call is None:
        return prompt(name, state.counter)
    tool = state.catalog.of(call.server, call.tool)
    return prompt(
        "as_it_is" if tool is not None and tool.trusted and not tool.place else "form_declined", state.counter
    )


def declined(before: State, after: State, effects: tuple[Effect, ...]) -> tuple[State, tuple[Effect, ...]]:
    """Return the step with the question of a server declined, if the step neither answers it nor still asks it."""
    call = before.open_call
    if call is None:
        return after, effects
    if any(isinstance(effect, Call) and effect.call == call for effect in effects):
        return replace(after, open_call=None), effects
    asks = after.mode in (Mode.ANSWERING, Mode.CONFIRMING)
    same = after.open_call == call and after.request is not None and after.request.call_id == call.call_id
    if asks and same:
        return after, effects
    return replace(after, open_call=None), (*effects, Decline(call))
