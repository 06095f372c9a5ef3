"""Transitions for a server's question during a call: say its message, ask for its fields, read the answers back.

The driver cannot tell which server asked, so its name is said. Leaving the question declines it and ends the call.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.dialogue.forms import form_of, message_of, next_field, visit_text
from assistant.dialogue.requests import confirm, options_of, proceed
from assistant.dialogue.speaking import Step, join, say
from assistant.dialogue.state import State
from assistant.dialogue.table_effects import Call, Decline, Earcon, Effect, Purpose
from assistant.dialogue.turns import Answering, Calling, OpenQuestion, Reporting, Request
from assistant.policy.driving import DrivingState
from assistant.policy.timing import MOST_OPTIONS
from assistant.wording.prompts import prompt
from assistant.wording.replies import in_breaths, login_reminder, needs_text, question_for, sentence
from client.call import Need, NeedsInput
from client.calls.server_forms import form_fields
from client.catalog import Tool


def input_wanted(state: State, under_way: Calling, tool: Tool | None, outcome: NeedsInput, at: float) -> Step:
    """Say the server's question, and ask for the first answer. `under_way` is the call that ended with this question,
    and `tool` its tool."""
    request = under_way.request
    if tool is None:
        return say(state, sentence(outcome.error.message), Purpose.STATEMENT, turn=Reporting(request))
    said = message_of(tool, outcome)
    match outcome.need:
        case Need.CONSENT if outcome.error.code == "confirmation_wanted":
            return confirm(state, request, tool, at, said, OpenQuestion(outcome, call=under_way.call))
        case Need.CONSENT:
            return confirm(state, request, tool, at)
        case Need.ARGUMENTS:
            return ask_next_answer(state, request, OpenQuestion(outcome, call=under_way.call), at, said)
        case Need.APPROVAL:
            asking = Answering(request, OpenQuestion(outcome))
            return say(state, needs_text(tool, outcome), Purpose.QUESTION, turn=asking)
        case Need.LOGIN:
            return _log_in(state, tool, outcome)


def _log_in(state: State, tool: Tool, outcome: NeedsInput) -> Step:
    over = replace(state, earlier=())
    if state.driving is not DrivingState.PARKED:
        when_parked = (*state.backlog.when_parked, login_reminder(tool, outcome))
        over = replace(over, backlog=replace(state.backlog, when_parked=when_parked))
    text = visit_text(outcome) if "url" in outcome.schema else needs_text(tool, outcome)
    return join(say(over, text, Purpose.STATEMENT, turn=Reporting()), Earcon("error"))


def ask_next_answer(state: State, request: Request, question: OpenQuestion, at: float, lead: str = "") -> Step:
    """Ask for the next value of the server's form, or read back all values that would be sent. `lead` is said first."""
    form, tool = form_of(question), state.catalog.find(request.tool)
    if form is None or tool is None:
        return proceed(state, request, at)
    name = next_field(form.needs, form.answers)
    if not name:
        return confirm(state, request, tool, at, question=form)
    schema = form_fields(form.needs.schema).get(name, {})
    options = options_of(schema)
    few = options if len(options) <= MOST_OPTIONS else ()
    asking = Answering(request, form, name, few, () if few else options)
    words = question_for(tool, name, schema)
    first = in_breaths(lead, state.driving, beside=words)[0] if lead else ""  # the read-back contains all of it
    return say(replace(state, tries=0), f"{first} {words}".strip(), Purpose.QUESTION, turn=asking)


def refusal(state: State, name: str) -> str:
    """Return what to say when the driver declines. If this also declines a server's question, say so.

    A question from McQueen's own tools, such as the car's, is not called a service's.
    """
    call = state.question.call if state.question is not None else None
    if call is None:
        return prompt(name, state.counter)
    tool = state.catalog.of(call.server, call.tool)
    return prompt(
        "as_it_is" if tool is not None and tool.trusted and not tool.place else "form_declined", state.counter
    )


def declined(before: State, after: State, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Return the effects, and decline a server's question if the step neither answers it nor keeps asking it."""
    call = before.question.call if before.question is not None else None
    answered = any(isinstance(effect, Call) and effect.call == call for effect in effects)
    still_asked = after.question is not None and after.question.call == call
    if call is None or answered or still_asked:
        return effects
    return (*effects, Decline(call))
