"""Carries a request from words to a call: choose the tool, ask for missing values, read back, call.

Only `confirmed` mints a `Consent`. The table reaches it only from Confirming, after the read-back was played to its
end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.dialogue.forms import form_of, form_values, open_question, read_back_form
from assistant.dialogue.plans import advanced, with_said
from assistant.dialogue.speaking import Step, say, settle
from assistant.dialogue.state import PastCall, State
from assistant.dialogue.table_effects import Call, Effect, Purpose, StartTimer
from assistant.dialogue.turns import (
    Calling,
    Choosing,
    Confirming,
    Eliciting,
    Listening,
    OpenQuestion,
    Option,
    Reporting,
    Request,
)
from assistant.policy.agreement_flags import with_agreement
from assistant.policy.sensitivity import assess
from assistant.policy.timing import AGREED_SECONDS, BUSY_NOTICE_SECONDS, MOST_OPTIONS
from assistant.understanding.answers.dictated_words import blank_of, free_words
from assistant.understanding.answers.sentence_lists import sentence_list, told_sentences
from assistant.understanding.reading import Interpretation
from assistant.understanding.slots.wire_spelling import on_the_wire
from assistant.wording.languages import wording
from assistant.wording.prompts import prompt
from assistant.wording.replies import (
    blank_question,
    names_apart,
    question_for,
    read_back,
    read_back_plan,
    tool_title,
    which_tool,
    why_not,
)
from assistant.wording.replies import sentence as heard_sentence
from assistant.wording.value_questions import listed_titles
from client.call import Consent, ConsentSource, Need, NeedsInput, ToolCall
from client.calls.idempotency_keys import key_of_call
from client.catalog import Tool
from client.values import JSON

MOST_SENT = 3
"""How many sent messages the recognizer still listens for."""
CLEAR_GAP = 0.15
"""If the scores of two tools differ by less than this, the driver chooses between them."""


def begin(state: State, interpretations: Sequence[Interpretation], at: float) -> Step:
    """Take up a new request, or ask which of several similar requests is meant."""
    known = [found for found in interpretations if state.catalog.find(found.tool)]
    if not known:
        return say(
            state, prompt("no_tool", state.tries), Purpose.QUESTION, turn=Listening(None, state.rest, state.offer)
        )
    near = [found for found in known if known[0].score - found.score < CLEAR_GAP]
    tools = list(dict.fromkeys(found.tool for found in near))
    fresh = state.for_another_subject()
    if known[0].left:
        left = wording().text("told", "left", words=known[0].left)
        fresh = replace(fresh, backlog=fresh.backlog.with_due(left))
    if len(tools) > 1:
        return _choose(fresh, [next(f for f in near if f.tool == name) for name in tools])
    best = known[0]
    waiting = (*(request_of(state, found) for found in best.then), *state.waiting)
    turned_down = state.memory.turned_down
    again = turned_down if turned_down is not None and turned_down.tool == best.tool else None
    missed = again.missed if again is not None and best.dictated else 0
    if best.dictated and free_words(state.catalog.find(best.tool)) not in best.arguments:
        missed += 1  # the driver dictated a text, and it was not recognized
    tool = state.catalog.find(best.tool)
    request = replace(
        request_of(state, best),
        given=best.beside,
        dictated=best.dictated,
        missed=missed,
        whole=bool(told_sentences(tool, best.arguments)),  # speech never has them yet; a form has them all
    )
    begun = replace(fresh, waiting=waiting, memory=replace(fresh.memory, turned_down=again))
    wrong = next((name for name in best.invalid if tool and name in tool.properties), "")
    if tool is not None and wrong:
        return elicit(begun, request, tool, wrong, why_not(tool.properties[wrong], best.invalid[wrong]))
    lead = prompt("near_message") if best.near else ""
    if tool is not None and best.untimed:
        untimed = wording().text("told", "untimed", words=best.untimed)
        if best.missing or assess(tool, best.arguments).sensitive:
            lead = untimed
        else:
            begun = replace(begun, backlog=begun.backlog.with_due(untimed))
    return proceed(begun, request, at, lead)


def request_of(state: State, found: Interpretation) -> Request:
    """Return the request for an interpretation, with the optional parameters that must still be asked for."""
    tool = state.catalog.find(found.tool)
    unplaced = tuple(name for name in found.missing if tool is not None and name not in tool.required)
    return Request(found.tool, found.arguments, routine=found.routine, unplaced=unplaced)


def _choose(state: State, candidates: Sequence[Interpretation]) -> Step:
    tools = [tool for found in candidates if (tool := state.catalog.find(found.tool)) is not None]
    options = tuple(
        Option(name, request=request_of(state, found))
        for name, found in zip(names_apart(tools), candidates, strict=True)
    )
    return offer_options(state, options)


def offer_options(state: State, options: tuple[Option, ...], request: Request | None = None) -> Step:
    """Ask which of at most three options is meant, and store the others for "more". `request` is the request, if any,
    that needs the choice."""
    offered = Choosing(options[:MOST_OPTIONS], options[MOST_OPTIONS:], request)
    return say(state, which_tool([option.label for option in offered.options]), Purpose.QUESTION, turn=offered)


def proceed(state: State, request: Request, at: float, lead: str = "") -> Step:
    """Take a request one step further: ask, read back or call. `lead` is said before the next question."""
    step, results = advanced(state, request)
    tool = state.catalog.find(step.tool)
    if tool is None:
        return say(state, prompt("service_gone"), Purpose.STATEMENT, turn=Reporting())
    if results:
        return _choose_result(state, step, results, lead)
    request = replace(step, arguments=with_agreement(tool, step.arguments))
    wanted = (*tool.required, *(name for name in request.unplaced if name not in tool.required))
    missing = [name for name in wanted if request.arguments.get(name) is None]
    if missing:
        return elicit(state, request, tool, request.ask if request.ask in missing else missing[0], lead)
    listed = sentence_list(tool)
    if listed and not request.whole:
        return elicit(state, request, tool, listed, lead)
    consent, unspent = request.consent, replace(request, consent=None)
    sensitive = assess(tool, request.arguments).sensitive
    if not sensitive and (consent is not None or not _asks_whole(state, request)):
        return call(state, unspent, tool, at, None)
    if consent is not None and _covers(consent, _tool_call(state, request, tool), at):
        return call(state, unspent, tool, at, consent)
    return confirm(state, unspent, tool, at, lead, open_question(state, unspent))


def _asks_whole(state: State, request: Request) -> bool:
    """Return whether the request belongs to a routine in which some step needs a yes: then the driver confirms all
    steps."""
    if not request.routine:
        return False
    steps = (request, *(waiting for waiting in state.waiting if waiting.routine == request.routine))
    tools = [(state.catalog.find(step.tool), step) for step in steps]
    return any(tool is not None and assess(tool, step.arguments).sensitive for tool, step in tools)


def _choose_result(state: State, request: Request, results: tuple[Option, ...], lead: str) -> Step:
    """Ask which of several results is meant; the answer fills the parameter that needs it."""
    offered = Eliciting(request, request.ask, results[:MOST_OPTIONS], results[MOST_OPTIONS:])
    question = which_tool([option.label for option in offered.options])
    return say(state, " ".join(part for part in (lead, question) if part), Purpose.QUESTION, turn=offered)


def _covers(consent: Consent, tool_call: ToolCall, at: float) -> bool:
    return consent.digest == tool_call.digest and 0 <= at - consent.given_at <= AGREED_SECONDS


def elicit(state: State, request: Request, tool: Tool, name: str, lead: str = "") -> Step:
    """Ask for one argument of the request."""
    schema = tool.properties.get(name, {})
    options = options_of(schema)
    few = options if len(options) <= MOST_OPTIONS else ()
    asking = Eliciting(request, name, few, () if few else options)
    text = " ".join(part for part in (lead, question_of(request, tool, name)) if part)
    return say(replace(state, tries=0), text, Purpose.QUESTION, turn=asking)


def question_of(request: Request, tool: Tool, name: str) -> str:
    """Return the question for one argument of the request, given the values that are known already."""
    listed = sentence_list(tool)
    if listed and name != listed:
        return prompt("list_name")
    if name == listed:
        told = len(told_sentences(tool, request.arguments))
        if told:
            return prompt("next_sentence", told - 1)
        called = [heard_sentence(str(value)) for key, value in request.arguments.items() if key != listed]
        return " ".join([*called, prompt("first_sentence")])
    sentence = request.sentence if name == free_words(tool) else ""
    return blank_question(blank_of(sentence)) if sentence else question_for(tool, name)


def options_of(schema: Mapping[str, JSON]) -> tuple[Option, ...]:
    """Return the possible values of a parameter, if its schema lists them."""
    return tuple(Option(title, value=value) for value, title in listed_titles(schema))


def confirm(
    state: State, request: Request, tool: Tool, at: float, lead: str = "", question: OpenQuestion | None = None
) -> Step:
    """Read back exactly what would be sent, with the requests of the same plan, and ask for a yes.

    `question` is the server's question, if the yes also answers that.
    """
    form = form_of(question)
    plan = [(tool, request), *(_planned(state, request) if question is None else ())]
    options: tuple[Option, ...] = ()
    if form is not None:
        text = read_back_form(tool, form.needs, form.answers, at, state.utc_offset)
    elif len(plan) > 1:
        text = read_back_plan(
            [(each, found.arguments, found.named) for each, found in plan], at, state.utc_offset, state.catalog
        )
        few = plan if len(plan) <= MOST_OPTIONS else []  # V2: if there are more, the driver is not asked to choose
        options = tuple(Option(tool_title(each), request=found) for each, found in few)
    else:
        text = read_back(tool, request.arguments, at, state.utc_offset, request.named, state.catalog)
    reading = replace(state, tries=0, said=replace(state.said, read_back_heard=False))
    asking = Confirming(request, len(plan) - 1, options, question)
    return say(reading, " ".join(part for part in (lead, text) if part), Purpose.READ_BACK, turn=asking)


def _planned(state: State, request: Request) -> list[tuple[Tool, Request]]:
    """Return the waiting requests to read back with this one: complete, sensitive, and from the same sentence."""
    planned: list[tuple[Tool, Request]] = []
    if request.parked or request.alone:
        return planned
    routine = request.routine
    for waiting in state.waiting[: None if routine else MOST_OPTIONS - 1]:
        tool = state.catalog.find(waiting.tool)
        if tool is None or waiting.parked or waiting.alone or waiting.routine != routine:
            break
        if not routine and not assess(tool, waiting.arguments).sensitive:
            break
        if any(waiting.arguments.get(name) is None for name in tool.required):
            break
        planned.append((tool, waiting))
    return planned


def confirmed(state: State, asked: Confirming, at: float) -> Step:
    """The driver said yes after the read-back was played to its end: mint the consent and call."""
    assert state.said.heard, "a yes counts only in answer to a question that was heard"
    assert state.said.read_back_heard, "a yes counts only after the read-back"
    request = asked.request
    tool = state.catalog.find(request.tool)
    planned = _planned(state, request)
    if tool is None or len(planned) < asked.plan:
        return proceed(state, request, at)  # a tool that was read back is gone
    minted, *following = _agreed(state, [(tool, request), *planned[: asked.plan]], at)
    waiting = (*following, *state.waiting[asked.plan :])
    agreed = replace(state, counter=state.counter + 1 + asked.plan, waiting=waiting)
    return call(agreed, replace(minted, consent=None), tool, at, minted.consent)


def _agreed(state: State, planned: Sequence[tuple[Tool, Request]], at: float) -> list[Request]:
    """Return the requests that were read back, each with its consent."""
    minted: list[Request] = []
    for counter, (tool, request) in enumerate(planned, state.counter + 1):
        named = replace(request, call_id=request.call_id or f"{state.conversation}-{counter}")
        digest = _tool_call(state, named, tool).digest
        consent = Consent(f"{state.conversation}-consent-{counter}", digest, ConsentSource.DRIVER, at)
        minted.append(replace(named, consent=consent))
    return minted


def without_consents(waiting: Sequence[Request]) -> tuple[Request, ...]:
    """Return the requests without any consent."""
    return tuple(replace(request, consent=None) for request in waiting)


def is_agreed(state: State, tool_call: ToolCall) -> bool:
    """Whether this very call has its yes already, and its server only asked a question during it."""
    past = state.memory.past
    if past is None or not past.agreed or not isinstance(past.outcome, NeedsInput):
        return False
    return past.outcome.need is Need.ARGUMENTS and past.call == tool_call


def call(state: State, request: Request, tool: Tool, at: float, consent: Consent | None) -> Step:
    """Send the request."""
    form = form_of(open_question(state, request)) if consent is not None else None  # only what was read back is sent
    if not request.call_id:
        state = replace(state, counter=state.counter + 1)
        request = replace(request, call_id=f"{state.conversation}-{state.counter}")
    tool_call = _tool_call(state, request, tool)
    words = tool_call.arguments.get(free_words(tool)) if consent is not None else None
    sent = state.memory.sent
    if isinstance(words, str):
        sent = (words, *(one for one in sent if one != words))[:MOST_SENT]
    number = state.counter + 1
    effects: list[Effect] = [
        Call(tool_call, consent, form_values(form.needs, form.answers) if form is not None else None),
        StartTimer("busy", number, BUSY_NOTICE_SECONDS),
    ]
    past = PastCall(tool_call, agreed=consent is not None or is_agreed(state, tool_call))
    calling = replace(
        state,
        turn=Calling(request, tool_call, number),
        counter=number,
        tries=0,
        said=replace(state.said, heard=False, reading_back=False, read_back_heard=False),
        memory=replace(state.memory, turned_down=None, sent=sent, past=past),
    )
    return calling, tuple(effects)


def _tool_call(state: State, request: Request, tool: Tool) -> ToolCall:
    arguments = on_the_wire(tool, request.arguments, state.utc_offset, state.memory.shown.get(tool.qualified))
    return ToolCall(request.call_id, tool.server, tool.name, arguments, key_of_call(request.call_id))


def change(
    state: State,
    request: Request,
    changes: Mapping[str, JSON],
    at: float,
    beside: Mapping[str, Mapping[str, JSON]] | None = None,
    named: Mapping[str, str] | None = None,
    lead: str = "",
) -> Step:
    """Put new values into the request; an earlier yes no longer counts.

    `beside` holds values from the same words for its goal and for look-ups, by tool. `named` holds what people call a
    value. `lead` is said before the next question.
    """
    request = with_said(request, beside or {})
    tool = state.catalog.find(request.tool)
    known = {name: value for name, value in changes.items() if tool is None or name in tool.properties}
    arguments = {**request.arguments, **known}
    if arguments == request.arguments:
        return proceed(state, request, at, lead)
    called = {name: words for name, words in request.named.items() if name not in known}
    changed = replace(request, arguments=arguments, named={**called, **(named or {})}, call_id="", consent=None)
    return proceed(replace(state, earlier=(*state.earlier, request), tries=0), changed, at, lead)


def park(state: State) -> State:
    """Set the current request aside and offer it after the new subject. If it was offered before, it comes back only if
    the driver asks.

    The turn stays as it is, because the next step sets another one.
    """
    request = state.request
    if request is None:
        return state
    if request.offered:
        laid_aside = replace(request, consent=None, call_id="")
        return replace(state, memory=replace(state.memory, laid_aside=laid_aside))
    return replace(state, waiting=(replace(request, parked=True), *state.waiting))


def next_request(state: State, at: float) -> Step:
    """Take up the next waiting request, or close the turn."""
    if not state.waiting:
        return settle(state, at)
    first, *others = state.waiting
    fresh = replace(state.for_another_subject(), waiting=tuple(others))
    request = replace(first, parked=False, offered=first.offered or first.parked)
    tool = state.catalog.find(first.tool)
    lead = f"{prompt('earlier')} {tool_title(tool)}." if first.parked and tool else ""
    return proceed(fresh, request, at, lead)
