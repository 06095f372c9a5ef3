"""A server's form during a call: which fields to ask, which values to send, and how to say them.

Pure. The driver hears every value in a form: their own answers, and the form's defaults.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.dialogue.state import State
from assistant.dialogue.turns import OpenQuestion, Request
from assistant.wording.closing_questions import asking
from assistant.wording.languages import wording
from assistant.wording.replies import sentence, tool_title
from assistant.wording.spoken_values import SpokenClock, label, parts_of
from client.call import Need, NeedsInput
from client.calls.server_forms import form_fields, required_fields
from client.catalog import Tool
from client.values import JSON


def open_question(state: State, request: Request | None) -> OpenQuestion | None:
    """Return what the server waits for before it finishes the current call; None if nothing."""
    question = state.question
    if question is None or question.call is None or request is None:
        return None
    return question if request.call_id == question.call.call_id else None


def form_of(question: OpenQuestion | None) -> OpenQuestion | None:
    """Return the server's question if it is a form whose fields the driver answers, else None."""
    return question if question is not None and question.needs.need is Need.ARGUMENTS else None


def open_form(state: State) -> OpenQuestion | None:
    """Return the form that the server of the current request waits for, else None."""
    return form_of(open_question(state, state.request))


def next_field(form: NeedsInput, answers: Mapping[str, JSON]) -> str:
    """Return the next field to ask for; "" if there is none.

    We ask for the required fields. If a form has none, we ask for the fields without a default.
    """
    fields = form_fields(form.schema)
    needed = required_fields(form.schema) or [name for name, field in fields.items() if field.get("default") is None]
    return next((name for name in needed if answers.get(name) is None), "")


def form_values(form: NeedsInput, answers: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the values to send in the form's order: the answers, and the default of each field without an answer."""
    fields = form_fields(form.schema)
    given = {name: answers.get(name, field.get("default")) for name, field in fields.items()}
    return {name: value for name, value in given.items() if value is not None}


def read_back_form(tool: Tool, form: NeedsInput, answers: Mapping[str, JSON], at: float, utc_offset: float) -> str:
    """Return the server's message, then each field's name and value, then the question that a yes answers."""
    fields = form_fields(form.schema)
    clock = SpokenClock(at, utc_offset)
    told = [
        part
        for name, value in form_values(form, answers).items()
        for part in parts_of(name, value, fields[name], clock)
    ]
    heading = f"{tool_title(tool)}: {', '.join(told)}" if told else tool_title(tool)
    return f"{message_of(tool, form)} {sentence(heading)} {asking(tool)}".strip()


def message_of(tool: Tool, needs: NeedsInput) -> str:
    """Return the server's question, with the server's name before it. A question from McQueen's own tools has
    no name.
    """
    message = sentence(needs.error.message)
    own = tool.trusted and not tool.place
    if own or not message:
        return message
    server = label(tool.server)
    return wording().text("told", "asked", server=f"{server[:1].upper()}{server[1:]}", text=message)


def visit_text(needs: NeedsInput) -> str:
    """Return the sentence for a server that wants a web page opened. It names the host exactly as the address
    has it.
    """
    return wording().text("told", "visit", host=needs.service)
