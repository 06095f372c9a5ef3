"""Words read-backs, questions, reports and prompts, as text for speech and screen.

`prompts.py` has the fixed sentences. Sentences come from the data of the language. It never decides what happens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.policy.driving import LIMITS, DrivingState
from assistant.wording.closing_questions import asking
from assistant.wording.dates_and_lists import spoken_list
from assistant.wording.languages import wording
from assistant.wording.results.failures import cause
from assistant.wording.results.result_sentences import spoken_result
from assistant.wording.sources_of_answers import from_elsewhere, with_age
from assistant.wording.spoken_values import SpokenClock, label, parts_of, spoken_value
from assistant.wording.value_questions import question_of
from client.call import CallError, Deferred, Failed, Need, NeedsInput, Outcome, Sent, Succeeded, Unknown
from client.calls.call_effects import has_effects, only_tells
from client.calls.english_words import unusual_letters
from client.calls.sent_defaults import arguments_as_sent
from client.catalog import Catalog, Tool
from client.servers.tool_server import TRY_LATER
from client.values import JSON


def tool_title(tool: Tool) -> str:
    """Return a short name of the tool for people: the title of a trusted server, else the tool's own name in words."""
    if tool.trusted and tool.title:
        return tool.title
    words = label(tool.name)
    title = words[:1].upper() + words[1:]
    return wording().text("words", "unusual", text=title) if unusual_letters(tool.name) else title


def described_arguments(
    tool: Tool,
    arguments: Mapping[str, JSON],
    now: float,
    utc_offset: float,
    named: Mapping[str, str] | None = None,
) -> str:
    """Return every argument in natural words, in the schema's order, without omissions or additions.

    `named` maps a parameter to the name that people use for the thing behind its identifier.
    """
    clock = SpokenClock(now, utc_offset)
    parts: list[str] = []
    names = [name for name in tool.properties if name in arguments] + [n for n in arguments if n not in tool.properties]
    for name in names:
        if named and name in named:
            parts.append(f"{_thing(name)} {named[name]}".strip())
            if tool.trusted:
                continue
        # The first value needs no name if it is always present: "Book a table: Luigi's".
        bare = name == next(iter(tool.properties), "") and name in tool.required and isinstance(arguments[name], str)
        parts.extend(parts_of(name, arguments[name], tool.properties.get(name, {}), clock, bare=bare))
    return ", ".join(part for part in parts if part)


def _thing(name: str) -> str:
    """Return the thing that an identifier names: "customer" for `customer_id`."""
    words = label(name).split()
    return " ".join(words[:-1]) if len(words) > 1 else ""


def read_back(
    tool: Tool,
    arguments: Mapping[str, JSON],
    now: float,
    utc_offset: float,
    named: Mapping[str, str] | None = None,
    catalog: Catalog | None = None,
) -> str:
    """Return the read-back, which names every argument and ends in a question: a yes confirms it.

    If another server in `catalog` has a tool of that name, the server is named.
    """
    told = _told_of(heading(tool, catalog), tool, arguments, now, utc_offset, named)
    return f"{told} {asking(tool, arguments)}"


def heading(tool: Tool, catalog: Catalog | None = None) -> str:
    """Return the tool's name in a read-back, with its server if several servers have the tool."""
    title = tool_title(tool)
    if catalog is not None and len({other.server for other in catalog.named(tool.name)}) > 1:
        return wording().text("asking", "at_server", title=title, server=label(tool.server))
    return title


def _told_of(
    title: str,
    tool: Tool,
    arguments: Mapping[str, JSON],
    now: float,
    utc_offset: float,
    named: Mapping[str, str] | None,
) -> str:
    sent = arguments_as_sent(tool, arguments)
    described = described_arguments(tool, sent, now, utc_offset, named)
    return sentence(f"{title}: {described}" if described else title)


def read_back_plan(
    plan: Sequence[tuple[Tool, Mapping[str, JSON], Mapping[str, str]]],
    now: float,
    utc_offset: float,
    catalog: Catalog | None = None,
) -> str:
    """Return one read-back for several effects, each with all its arguments and a number to name it by."""
    parts = [
        _told_of(f"{place}, {heading(tool, catalog)}", tool, arguments, now, utc_offset, named)
        for place, (tool, arguments, named) in zip(wording().list("asking", "places"), plan, strict=False)
    ]
    return f"{' '.join(parts)} {asking_all(len(plan))}"


def asking_all(count: int) -> str:
    """Return the question that ends a read-back of several."""
    return wording().text("asking", {2: "both", 3: "all_three"}.get(count, "all_of_it"))


def login_reminder(tool: Tool, outcome: NeedsInput) -> str:
    """Return the sentence for when the vehicle is parked."""
    service = label(outcome.service) or tool.server
    return wording().text("told", "login_reminder", title=tool_title(tool), service=service)


def question_for(tool: Tool, name: str, schema: Mapping[str, JSON] | None = None) -> str:
    """Return the question that asks for one argument."""
    return question_of(name, tool.properties.get(name, {}) if schema is None else schema)


def why_not(schema: Mapping[str, JSON], value: JSON) -> str:
    """Return why a spoken value is rejected, as a sentence."""
    said = value if isinstance(value, str) else spoken_value(value, schema, SpokenClock(0.0, 0.0))
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(value, int | float) and isinstance(most, int | float) and value > most:
        return wording().text("told", "too_much", value=said, most=f"{most:g}")
    if isinstance(value, int | float) and isinstance(least, int | float) and value < least:
        return wording().text("told", "too_little", value=said, least=f"{least:g}")
    return sentence(wording().text("told", "not_taken", value=said))


def names_apart(tools: Sequence[Tool]) -> list[str]:
    """Return names that tell tools apart: their titles, with the server wherever two have the same title."""
    titles = [tool_title(tool) for tool in tools]
    return [
        wording().text("asking", "of_server", title=title, server=label(tool.server))
        if titles.count(title) > 1
        else title
        for title, tool in zip(titles, tools, strict=True)
    ]


def which_tool(titles: Sequence[str]) -> str:
    """Return the question that offers a choice between tools."""
    if len(titles) == 1:
        return wording().text("asking", "mean", title=titles[0])
    return wording().text("asking", "which_mean", titles=spoken_list(list(titles), "or"))


def which_place(titles: Sequence[str]) -> str:
    """Return the question that offers a choice again, each option by its place: "the first or the second"."""
    places = wording().list("asking", "option_places")[: len(titles)]
    said = spoken_list(places, "or"), spoken_list(list(titles), "or")
    return wording().text("asking", "which_place", places=said[0], titles=said[1])


def way_out_question(messages: bool) -> str:
    """Return the question if free words cannot be taken down; `messages`: whether there are quick messages to offer."""
    return wording().text("asking", "way_out" if messages else "way_out_keep")


def ways_out(messages: bool) -> list[str]:
    """Return the short names of that question's options, as the driver may answer."""
    return wording().list("asking", "ways")[0 if messages else 1 :]


def wish_without_words(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    """Return the question for the free words of a request that waited for them."""
    persons = wording().text("asking", "persons").split("|")
    to = next((value for name, value in arguments.items() if name.rpartition(".")[2] in persons and value), None)
    if to is None:
        return wording().text("asking", "wish_of", title=tool_title(tool))
    person = spoken_list([str(one) for one in to], "and") if isinstance(to, list) else str(to)
    return wording().text("asking", "wish", person=person)


def wish_unfinished(tool: Tool) -> str:
    """Return the question whether to go on with a request that was asked about when McQueen ended."""
    return wording().text("asking", "unfinished", title=tool_title(tool))


def blank_question(blank: str) -> str:
    """Return the question for the blank of a quick message, by its kind ("duration")."""
    questions = wording().table("asking", "blank")
    return questions.get(blank, questions["other"])


def blanks_worded(sentence: str) -> str:
    """Return a quick message as it is offered: "I'm running some minutes late"."""
    words = wording().table("asking", "blanks")
    return re.sub(r"\{(\w+)\}", lambda blank: words.get(blank[1], words["other"]), sentence)


def report(tool: Tool, outcome: Outcome, utc_offset: float, now: float = 0.0) -> str:
    """Return the sentences for an outcome; every failure is one sentence that says what happens next.

    `now`, in seconds since the epoch, is the reference for "today" and "tomorrow" in an answer.
    """
    match outcome:
        case Succeeded():
            return with_age(result_text(outcome.result, tool, SpokenClock(now, utc_offset)), outcome.age)
        case Deferred() if outcome.error.code == TRY_LATER:
            reason = sentence(outcome.error.message)
            return wording().text("told", "put_off", title=tool_title(tool), reason=reason)
        case Deferred():
            return wording().text("told", "deferred", title=tool_title(tool))
        case Unknown():
            return wording().text("told", "unknown", title=tool_title(tool))
        case NeedsInput():
            return needs_text(tool, outcome)
        case Failed():
            return failure_text(outcome.error, tool)


def permission_told(name: str, tool: Tool) -> str:
    """Return the sentence for a permission: `name` is allowed, never_allowed, not_asked or asks_first."""
    return wording().text("told", name, title=tool_title(tool))


def needs_text(tool: Tool, outcome: NeedsInput) -> str:
    """Return the sentence for when a server wants input that speech cannot give now."""
    if outcome.need is Need.LOGIN:
        service = label(outcome.service) or tool.server
        return wording().text("told", "login", service=service)
    if outcome.need is Need.APPROVAL:
        return wording().text("told", "changed", title=tool_title(tool))
    return sentence(outcome.error.message)


_FAILURES: Mapping[str, str] = {
    **dict.fromkeys(("not_sent", "offline", "circuit_open", "unavailable"), "not_reached"),
    **dict.fromkeys(("answer_lost", "timeout", "deadline"), "no_answer"),
    "refused_for_now": "too_busy",
    **dict.fromkeys(("unknown_tool", "unknown_server", "tool_gone"), "tool_gone"),
    "address_changed": "address_changed",
    "account_changed": "account_changed",
    "tool_changed": "tool_changed",
    "policy_changed": "policy_changed",
    **dict.fromkeys(("invalid_schema", "misconfigured", "not_mcqueen"), "set_up_wrongly"),
    "key_reused": "key_reused",
    "records_failed": "not_recorded",
    "cancelled": "taken_back",
    "deferral_expired": "waited_too_long",
}
"""Sentences for failures that the client words for engineers, in English."""

_ALSO_AFTER_THE_SEND = frozenset({"not_reached", "too_busy"})
"""Failures that have other words if the call was sent."""


def failure_text(error: CallError, tool: Tool) -> str:
    """Return one short sentence about a failure, and what happens next.

    "Nothing was done" is said only if nothing was sent; after the send the call may have taken effect, whatever the
    error.
    """
    nothing_sent = error.sent is Sent.NO
    name = _FAILURES.get(error.code, "")
    if name and (nothing_sent or name == "no_answer" or name in _ALSO_AFTER_THE_SEND):
        return client_failure(error)
    if not error.message and nothing_sent:
        return wording().text("told", "failed")
    if nothing_sent and error.code != "tool_error":
        return sentence(error.message)
    said = cause(error.message, tool)
    return said if nothing_sent else maybe_done(said, tool)


def client_failure(error: CallError) -> str:
    """Return a failure in the driver's language if its code is one of the client's, else in its own words."""
    if error.code not in _FAILURES:
        return error.message
    name = _FAILURES[error.code]
    sent = error.sent is not Sent.NO and name in _ALSO_AFTER_THE_SEND
    return wording().text("told", f"{name}_sent" if sent else name)


def maybe_done(text: str, tool: Tool) -> str:
    """Return the text of an error after the send: the call may have taken effect.

    Not of a trusted server, which is believed, nor of a tool that only looks or computes by what it says of itself.
    """
    return (
        text
        if tool.trusted or not has_effects(tool) or only_tells(tool)
        else f"{text} {wording().text('errors', 'maybe_done')}"
    )


def result_text(result: JSON, tool: Tool, clock: SpokenClock) -> str:
    """Return the complete result in words: the server's own sentence, else its fields or its list."""
    return " ".join(spoken_result(result, tool, clock).sentences)


def answer_parts(tool: Tool, outcome: Succeeded, clock: SpokenClock, driving: DrivingState) -> tuple[str, ...]:
    """Return an answer in breaths, a list three things at a time (V2, V3)."""
    first, *others = spoken_result(outcome.result, tool, clock).parts
    lead = from_elsewhere(with_age(first, outcome.age), tool, outcome.served_by)
    return tuple(part for text in (lead, *others) for part in in_breaths(text, driving))


def shown_only(tool: Tool, outcome: Succeeded, clock: SpokenClock) -> str:
    """Return an answer for the screen if none of it can be said; empty for any other answer."""
    return spoken_result(outcome.result, tool, clock).shown


def refused(tool: Tool, outcome: Succeeded, clock: SpokenClock) -> str:
    """Return the sentence for an answer that says the tool failed; empty for any other answer."""
    found = spoken_result(outcome.result, tool, clock)
    return maybe_done(found.sentences[0], tool) if found.failed else ""


def sentence(text: str) -> str:
    """Return the text on one line, without control characters, with a sentence's end."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if clean.endswith((".", "?", "!")) or not clean else f"{clean}."


def in_breaths(text: str, driving: DrivingState, *, beside: str = "") -> tuple[str, ...]:
    """Split a long answer into parts of at most one breath (V1), at sentence ends, or at commas if necessary.

    `beside` is text said in the same breath; room is left for it.
    """
    most = max(8, LIMITS[driving].spoken_words - len(beside.split()))
    pieces: list[str] = []
    for part in re.split(r"(?<=[.?!])\s+(?=[A-Z0-9])", text):
        pieces.extend([part] if len(part.split()) <= most else _chunks(part, most))
    breaths: list[str] = []
    for piece in pieces:
        if breaths and len(breaths[-1].split()) + len(piece.split()) <= most:
            breaths[-1] += f" {piece}"
        else:
            breaths.append(piece)
    return tuple(breaths) or ("",)


def _chunks(text: str, most: int) -> list[str]:
    chunks: list[str] = []
    words: list[str] = []
    for word in text.split():
        words.append(word)
        if len(words) >= most or (word.endswith((",", ";")) and len(words) >= most // 2):
            chunks.append(" ".join(words))
            words = []
    return [*chunks, " ".join(words)] if words else chunks


def delivered_text(title: str, succeeded: bool, reason: str) -> str:
    """Return the notice about a deferred call; with success, `reason` says who was left out."""
    said = sentence(reason) if reason else ""
    if succeeded and said:
        return wording().text("told", "partly_gone_through", title=title, reason=said)
    if succeeded:
        return wording().text("told", "gone_through", title=title)
    return wording().text("told", "not_gone_through", title=title, reason=said).strip()


def progress_text(share: float) -> str:
    """Return a progress from 0 to 1 in words, in easy steps."""
    tenths = round(share * 10)
    name = "nearly_done" if tenths >= 10 else "half_done" if tenths == 5 else "percent_done"
    return wording().text("told", name, percent=tenths * 10)


def no_services() -> str:
    """Return the sentence for the case that no tool is known."""
    return wording().text("told", "no_services")


def help_text(sayable: Sequence[str]) -> str:
    """Return two sentences that can be said now, then the words that steer a conversation."""
    steering = wording().text("told", "help_steering")
    if not sayable:
        return steering
    first, *others = (said.rstrip(".!?") for said in sayable)
    name = "help_two" if others else "help_one"
    return f"{wording().text('told', name, first=first, second=next(iter(others), ''))} {steering}"
