"""How a request goes from words to a call: choose, ask what is missing, read back, call.

The one place that mints a `Consent`, in `confirmed`, which the table reaches only from Confirming after the read-back
has finished playing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.dialogue.effects import Call, Effect, Purpose, StartTimer
from assistant.dialogue.speaking import Step, join, say, settle
from assistant.dialogue.state import Mode, Option, PastCall, Request, State
from assistant.policy.driving import BUSY_SECONDS
from assistant.policy.sensitivity import assess
from assistant.replies import prompt, question_for, read_back, tool_title, which_tool
from assistant.understanding.reading import Interpretation
from client.call import Consent, ConsentSource, ToolCall
from client.catalog import Tool
from client.values import JSON

CLEAR_GAP = 0.15
"""Two tools nearer than this in score are both offered instead of one being taken."""
BUSY_NOTICE_SECONDS = BUSY_SECONDS - 0.5
"""When the "still working" sentence starts, so that it is heard before row T2's limit."""
_KEYS = uuid.UUID("6f1c9a52-43a5-5f0e-9f0b-9d1d3c1f6e07")
"""Namespace of idempotency keys: the key of a call id is always the same (RFC 9562, version 5)."""


def begin(state: State, interpretations: Sequence[Interpretation], at: float) -> Step:
    """Take up a new request, or ask which of several near ones is meant."""
    known = [found for found in interpretations if state.catalog.find(found.tool)]
    if not known:
        return say(state, prompt("no_tool", state.tries), Purpose.QUESTION, mode=Mode.LISTENING)
    near = [found for found in known if known[0].score - found.score < CLEAR_GAP]
    tools = list(dict.fromkeys(found.tool for found in near))
    fresh = replace(state, earlier=(), asked="", options=(), wanted=None, answers={}, tries=0, rest=(), offer="")
    if len(tools) > 1:
        return _choose(fresh, [next(f for f in near if f.tool == name) for name in tools[:3]])
    best = known[0]
    waiting = (*(Request(found.tool, found.arguments) for found in best.then), *state.waiting)
    return proceed(replace(fresh, request=Request(best.tool, best.arguments), waiting=waiting), at)


def _choose(state: State, candidates: Sequence[Interpretation]) -> Step:
    options = []
    for found in candidates:
        tool = state.catalog.find(found.tool)
        assert tool is not None
        options.append(Option(tool_title(tool), request=Request(found.tool, found.arguments)))
    chosen = replace(state, request=None, options=tuple(options))
    return say(chosen, which_tool([option.label for option in options]), Purpose.QUESTION, mode=Mode.CHOOSING)


def proceed(state: State, at: float, lead: str = "") -> Step:
    """Take the request in hand one step further: ask, read back or call. `lead` is said before the next question."""
    request = state.request
    assert request is not None
    tool = state.catalog.find(request.tool)
    if tool is None:
        gone = replace(state, request=None)
        return say(
            gone,
            "The service for that is not there just now. Nothing was done.",
            Purpose.STATEMENT,
            mode=Mode.REPORTING,
        )
    missing = [name for name in tool.required if request.arguments.get(name) is None]
    if missing:
        return elicit(state, tool, missing[0], lead)
    if assess(tool, request.arguments).sensitive:
        return confirm(state, tool, at, lead)
    return call(state, tool, at, None)


def elicit(state: State, tool: Tool, name: str, lead: str = "") -> Step:
    """Ask for one argument."""
    schema = tool.properties.get(name, {})
    asking = replace(state, asked=name, options=options_of(schema), tries=0)
    text = " ".join(part for part in (lead, question_for(tool, name)) if part)
    return say(asking, text, Purpose.QUESTION, mode=Mode.ELICITING)


def options_of(schema: Mapping[str, JSON]) -> tuple[Option, ...]:
    """Return the options of a parameter with few possible values."""
    values = schema.get("enum")
    if not isinstance(values, list) or len(values) > 3:
        return ()
    return tuple(Option(str(value), value=value) for value in values)


def confirm(state: State, tool: Tool, at: float, lead: str = "") -> Step:
    """Read back exactly what would be sent, and ask."""
    assert state.request is not None
    text = read_back(tool, state.request.arguments, at, state.utc_offset)
    reading = replace(state, asked="", options=(), tries=0, read_back_heard=False)
    return say(reading, " ".join(part for part in (lead, text) if part), Purpose.READ_BACK, mode=Mode.CONFIRMING)


def confirmed(state: State, at: float) -> Step:
    """The driver's yes, after the read-back was heard to its end: mint the consent and call."""
    assert state.request is not None
    assert state.mode is Mode.CONFIRMING
    assert state.question_heard, "a yes counts only in answer to a question that was heard"
    assert state.read_back_heard, "a yes counts only after the read-back"
    tool = state.catalog.find(state.request.tool)
    if tool is None:
        return proceed(state, at)
    named = _with_call_id(state)
    assert named.request is not None
    consent = Consent(
        consent_id=f"{named.conversation}-consent-{named.counter}",
        digest=_tool_call(named.request, tool).digest,
        source=ConsentSource.DRIVER,
        given_at=at,
    )
    return call(named, tool, at, consent)


def call(state: State, tool: Tool, at: float, consent: Consent | None) -> Step:
    """Send the request in hand."""
    named = _with_call_id(state)
    assert named.request is not None
    tool_call = _tool_call(named.request, tool)
    number = named.counter + 1
    effects: list[Effect] = [
        Call(tool_call, consent, dict(named.answers)),
        StartTimer("busy", number, BUSY_NOTICE_SECONDS),
    ]
    calling = replace(
        named,
        mode=Mode.CALLING,
        counter=number,
        busy=number,
        asked="",
        options=(),
        tries=0,
        question_heard=False,
        reading_back=False,
        read_back_heard=False,
        past=PastCall(tool_call),
    )
    return calling, tuple(effects)


def _with_call_id(state: State) -> State:
    request = state.request
    assert request is not None
    if request.call_id:
        return state
    number = state.counter + 1
    return replace(state, counter=number, request=replace(request, call_id=f"{state.conversation}-{number}"))


def _tool_call(request: Request, tool: Tool) -> ToolCall:
    key = str(uuid.uuid5(_KEYS, request.call_id))
    return ToolCall(request.call_id, tool.server, tool.name, dict(request.arguments), key)


def change(state: State, changes: Mapping[str, JSON], at: float) -> Step:
    """Take new values into the request in hand; whatever was agreed before no longer counts."""
    request = state.request
    assert request is not None
    arguments = {**request.arguments, **changes}
    if arguments == request.arguments:
        return proceed(state, at)
    changed = replace(request, arguments=arguments, call_id="")
    return proceed(replace(state, request=changed, earlier=(*state.earlier, request), tries=0), at)


def park(state: State) -> State:
    """Put the request in hand aside, to be offered after the new subject."""
    if state.request is None:
        return state
    return replace(state, request=None, waiting=(*state.waiting, replace(state.request, parked=True)))


def next_request(state: State, at: float) -> Step:
    """Take up the next waiting request, or close the turn."""
    if not state.waiting:
        return settle(state, at)
    first, *others = state.waiting
    fresh = replace(
        state,
        request=replace(first, parked=False),
        waiting=tuple(others),
        earlier=(),
        asked="",
        options=(),
        tries=0,
        wanted=None,
        answers={},
        rest=(),
        offer="",
    )
    tool = state.catalog.find(first.tool)
    lead = f"Now the earlier request: {tool_title(tool)}." if first.parked and tool else ""
    return join(proceed(fresh, at, lead))
