"""A server's form in the middle of a call: what is still to be asked, what is sent, and how that is said.

Pure. Nothing goes into a form that the driver did not hear: the values they gave, and the form's own defaults.
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
    """Return what the server of the request's call waits for; None if it waits for nothing."""
    question = state.question
    if question is None or question.call is None or request is None:
        return None
    return question if request.call_id == question.call.call_id else None


def form_of(question: OpenQuestion | None) -> OpenQuestion | None:
    """Return the question if it is a form whose fields the driver answers; None else."""
    return question if question is not None and question.needs.need is Need.ARGUMENTS else None


def open_form(state: State) -> OpenQuestion | None:
    """Return the form that the server of the request in hand waits for; None if it waits for none."""
    return form_of(open_question(state, state.request))


def next_field(form: NeedsInput, answers: Mapping[str, JSON]) -> str:
    """Return the field that is asked next; "" for none.

    Asked are the required fields; of a form without any, those without a default.
    """
    fields = form_fields(form.schema)
    needed = required_fields(form.schema) or [name for name, field in fields.items() if field.get("default") is None]
    return next((name for name in needed if answers.get(name) is None), "")


def form_values(form: NeedsInput, answers: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return what is sent: the answers, and the default of each field that was not answered, in the form's order."""
    fields = form_fields(form.schema)
    given = {name: answers.get(name, field.get("default")) for name, field in fields.items()}
    return {name: value for name, value in given.items() if value is not None}


def read_back_form(tool: Tool, form: NeedsInput, answers: Mapping[str, JSON], at: float, utc_offset: float) -> str:
    """Return the server's message, each field by name with what is sent, and the question that a yes answers."""
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
    """Return what a server asks, with its name before it; a question of this program's own tools has none."""
    message = sentence(needs.error.message)
    own = tool.trusted and not tool.place
    if own or not message:
        return message
    server = label(tool.server)
    return wording().text("told", "asked", server=f"{server[:1].upper()}{server[1:]}", text=message)


def visit_text(needs: NeedsInput) -> str:
    """Return what is said if a server wants a page to be opened; the host is named as the network knows it."""
    return wording().text("told", "visit", host=needs.service)
