"""What is said: read-backs, questions, reports and prompts, as text for speech and screen.

The one place for wording, with `prompts.py` for what is always said the same; sentences come from the data of the
language spoken. It only words; it never decides what happens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from assistant.policy.driving import LIMITS, DrivingState
from assistant.wording.dates_and_lists import spoken_date, spoken_duration, spoken_list, spoken_time
from assistant.wording.languages import wording
from assistant.wording.results.answers import told
from assistant.wording.results.failures import cause
from assistant.wording.results.moments import Clock
from assistant.wording.results.names import asks
from client.call import CallError, Deferred, Failed, Need, NeedsInput, Outcome, Sent, Succeeded, Unknown
from client.catalog import Tool
from client.values import JSON


def tool_title(tool: Tool) -> str:
    """Return a short name of the tool for people: its title, else its name in words."""
    return tool.title or label(tool.name).capitalize()


def label(name: str) -> str:
    """Return a parameter's or tool's name in words: `partySize` and `party_size` are "party size"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[_\-.\s]+", " ", spaced).strip().lower()


def spoken_label(name: str) -> str:
    """Return the name in words of the language spoken, where it has some for it."""
    words = label(name)
    return wording().table("labels").get(words, words)


def spoken_value(value: JSON, schema: Mapping[str, JSON], now: float, utc_offset: float) -> str:
    """Return a value in natural words, exact enough to be agreed to."""
    if isinstance(value, bool):
        return wording().text("words", "on" if value else "off")
    if isinstance(value, list):
        return spoken_list([spoken_value(item, {}, now, utc_offset) for item in value])
    if isinstance(value, dict):
        return ", ".join(
            f"{spoken_label(key)} {spoken_value(item, {}, now, utc_offset)}" for key, item in value.items()
        )
    if isinstance(value, str):
        today = (datetime.fromtimestamp(now, UTC) + timedelta(seconds=utc_offset)).date()
        return _spoken_text(value, str(schema.get("format", "")), today)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _spoken_text(value: str, kind: str, today: date) -> str:
    try:
        if kind == "date":
            return spoken_date(date.fromisoformat(value), today)
        if kind == "time":
            return spoken_time(time.fromisoformat(value))
        if kind == "date-time":
            moment = datetime.fromisoformat(value)
            day, clock = spoken_date(moment.date(), today), spoken_time(moment.time())
            return wording().text("times", "of_day", date=day, time=clock)
        if kind == "duration":
            return spoken_duration(value)
    except ValueError:
        pass
    return value


def described_arguments(
    tool: Tool,
    arguments: Mapping[str, JSON],
    now: float,
    utc_offset: float,
    named: Mapping[str, str] | None = None,
) -> str:
    """Return every argument in natural words, in the schema's order, none left out and none added.

    `named` says what people call the things that identifiers stand for, by parameter.
    """
    parts: list[str] = []
    names = [name for name in tool.properties if name in arguments] + [n for n in arguments if n not in tool.properties]
    for position, name in enumerate(names):
        schema = tool.properties.get(name, {})
        if named and name in named:
            parts.append(f"{_thing(name)} {named[name]}".strip())
            continue
        words = spoken_value(arguments[name], schema, now, utc_offset)
        kind = schema.get("format")
        if kind == "time":
            at = wording().text("words", "at", time=words)
            parts.append(at if label(name) == "time" else f"{spoken_label(name)} {words}")
        elif position == 0 or (kind in ("date", "date-time") and label(name) == "date"):
            parts.append(words)
        else:
            parts.append(f"{spoken_label(name)} {words}")
    return ", ".join(part for part in parts if part)


def _thing(name: str) -> str:
    """Return what an identifier is of: "customer" for `customer_id`."""
    words = label(name).split()
    return " ".join(words[:-1]) if len(words) > 1 else ""


def read_back(
    tool: Tool,
    arguments: Mapping[str, JSON],
    now: float,
    utc_offset: float,
    named: Mapping[str, str] | None = None,
) -> str:
    """Return the sentence that names every argument and ends in a question: what a yes will agree to."""
    described = described_arguments(tool, arguments, now, utc_offset, named)
    heading = tool_title(tool)
    return f"{sentence(f'{heading}: {described}' if described else heading)} {asking(tool)}"


def read_back_plan(
    plan: Sequence[tuple[Tool, Mapping[str, JSON], Mapping[str, str]]], now: float, utc_offset: float
) -> str:
    """Return one read-back for several effects, each with all its arguments, numbered so that each can be named."""
    parts = []
    for place, (tool, arguments, named) in zip(wording().list("asking", "places"), plan, strict=False):
        described = described_arguments(tool, arguments, now, utc_offset, named)
        parts.append(
            sentence(f"{place}, {tool_title(tool)}: {described}" if described else f"{place}, {tool_title(tool)}")
        )
    return f"{' '.join(parts)} {asking_all(len(plan))}"


def asking_all(count: int) -> str:
    """Return the question that ends a read-back of several."""
    return wording().text("asking", "both" if count == 2 else "all_three")


def login_reminder(tool: Tool, outcome: NeedsInput) -> str:
    """Return what is told once the vehicle is parked."""
    service = label(outcome.service) or tool.server
    return wording().text("told", "login_reminder", title=tool_title(tool), service=service)


def asking(tool: Tool) -> str:
    """Return the question that ends a read-back."""
    words = label(tool.name)
    for pattern, question in wording().list("asking", "questions"):
        if re.search(rf"\b({pattern})", words):
            return str(question)
    return wording().text("asking", "other")


def question_for(tool: Tool, name: str, schema: Mapping[str, JSON] | None = None) -> str:
    """Return the question that asks for one argument."""
    found = tool.properties.get(name, {}) if schema is None else schema
    plain, words, asking_for = label(name), spoken_label(name), partial(wording().text, "asking")
    options = found.get("enum")
    if isinstance(options, list) and 1 < len(options) <= 3:
        spoken = spoken_list([spoken_label(str(option)) for option in options], "or")
        return asking_for("which_of", name=words, options=spoken)
    kind = found.get("format")
    if kind in ("date", "time"):
        named = {"date": "day", "time": "time"}[kind]
        return asking_for(named) if plain == kind else asking_for(f"{named}_for", name=words)
    if kind == "duration":
        return asking_for("duration")
    if found.get("type") in ("integer", "number"):
        within = _within(found)
        people = re.search(asking_for("people"), plain) is not None
        question = f"{'how_many_people' if people else 'number'}{'_within' if within else ''}"
        return asking_for(question, name=words, within=within)
    return asking_for("boolean" if found.get("type") == "boolean" else "which", name=words)


def _within(schema: Mapping[str, JSON]) -> str:
    """Return the range that a number must be in, in words; empty where it has not both ends."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if not isinstance(least, int | float) or not isinstance(most, int | float):
        return ""
    return wording().text("asking", "within", least=f"{least:g}", most=f"{most:g}")


def why_not(schema: Mapping[str, JSON], value: JSON) -> str:
    """Return why a value that was said is not taken, as a sentence."""
    said = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(value, int | float) and isinstance(most, int | float) and value > most:
        return wording().text("told", "too_much", value=said, most=f"{most:g}")
    if isinstance(value, int | float) and isinstance(least, int | float) and value < least:
        return wording().text("told", "too_little", value=said, least=f"{least:g}")
    return sentence(wording().text("told", "not_taken", value=said))


def which_tool(titles: Sequence[str]) -> str:
    """Return the question between tools."""
    if len(titles) == 1:
        return wording().text("asking", "mean", title=titles[0])
    return wording().text("asking", "which_mean", titles=spoken_list(list(titles), "or"))


def way_out_question(messages: bool) -> str:
    """Return the question where free words cannot be taken down; `messages`: whether there are kept ones to offer."""
    return wording().text("asking", "way_out" if messages else "way_out_keep")


def ways_out(messages: bool) -> list[str]:
    """Return the short names of what that question offers, as they are said in answer."""
    return wording().list("asking", "ways")[0 if messages else 1 :]


def wish_without_words(tool: Tool, arguments: Mapping[str, JSON]) -> str:
    """Return the question for the free words of a request that waited for them."""
    persons = wording().text("asking", "persons").split("|")
    to = next((value for name, value in arguments.items() if name.rpartition(".")[2] in persons and value), None)
    if to is None:
        return wording().text("asking", "wish_of", title=tool_title(tool))
    person = spoken_list([str(one) for one in to], "and") if isinstance(to, list) else str(to)
    return wording().text("asking", "wish", person=person)


def blank_question(blank: str) -> str:
    """Return the question for what goes into the blank of a kept sentence, by its kind ("duration")."""
    questions = wording().table("asking", "blank")
    return questions.get(blank, questions["other"])


def blanks_worded(sentence: str) -> str:
    """Return a kept sentence as it is offered: "I'm running some minutes late"."""
    words = wording().table("asking", "blanks")
    return re.sub(r"\{(\w+)\}", lambda blank: words.get(blank[1], words["other"]), sentence)


def report(tool: Tool, outcome: Outcome, utc_offset: float, now: float = 0.0) -> str:
    """Return what is said of an outcome; every failure is one sentence that says what happens next.

    `now` is the time to which "today" and "tomorrow" in an answer are relative, in seconds since the epoch.
    """
    match outcome:
        case Succeeded():
            return with_age(result_text(outcome.result, tool, Clock(now, utc_offset)), outcome.age)
        case Deferred():
            return wording().text("told", "deferred", title=tool_title(tool))
        case Unknown():
            return wording().text("told", "unknown", title=tool_title(tool))
        case NeedsInput():
            return needs_text(tool, outcome)
        case Failed():
            return failure_text(outcome.error, tool)


def needs_text(tool: Tool, outcome: NeedsInput) -> str:
    """Return what is said when a server wants something that speech cannot give now."""
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
}
"""What is said of failures whose own words are for engineers."""


def failure_text(error: CallError, tool: Tool) -> str:
    """Return one short sentence about a failure, and what happens next.

    "Nothing was done" is said only if nothing was sent; after the send an act may have been done, whatever the error.
    """
    nothing_sent = error.sent is Sent.NO
    if error.code in _FAILURES:
        name = _FAILURES[error.code]
        return wording().text("told", name if nothing_sent or name == "no_answer" else f"{name}_sent")
    if not error.message and nothing_sent:
        return wording().text("told", "failed")
    if nothing_sent and error.code != "tool_error":
        return sentence(error.message)
    said = cause(error.message, tool)
    return said if nothing_sent else maybe_done(said, tool)


def maybe_done(text: str, tool: Tool) -> str:
    """Return the text of an error after the send: an act may have been done, unless the server is trusted."""
    return text if tool.trusted or asks(tool) else f"{text} {wording().text('errors', 'maybe_done')}"


def with_age(text: str, age: float | None) -> str:
    """Return the text with the age of a kept answer said first."""
    if age is None:
        return text
    minutes = round(age / 60)
    if minutes < 1:
        return wording().text("told", "moment_ago", text=text)
    if minutes < 90:
        return wording().text("told", "minute_ago" if minutes == 1 else "minutes_ago", count=minutes, text=text)
    return wording().text("told", "hours_ago", count=round(minutes / 60), text=text)


def result_text(result: JSON, tool: Tool, clock: Clock) -> str:
    """Return a result in words, all of it: the server's own sentence, else its fields or what it lists."""
    return " ".join(told(result, tool, clock).sentences)


def answer_parts(tool: Tool, outcome: Succeeded, clock: Clock, driving: DrivingState) -> tuple[str, ...]:
    """Return an answer in breaths, a list three things at a time (V2, V3)."""
    first, *others = told(outcome.result, tool, clock).parts
    return tuple(part for text in (with_age(first, outcome.age), *others) for part in in_breaths(text, driving))


def refused(tool: Tool, outcome: Succeeded, clock: Clock) -> str:
    """Return what is said of an answer that says the tool did not do it; empty for any other answer."""
    found = told(outcome.result, tool, clock)
    return maybe_done(found.sentences[0], tool) if found.failed else ""


def sentence(text: str) -> str:
    """Return the text on one line, without control characters, ending like a sentence."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if clean.endswith((".", "?", "!")) or not clean else f"{clean}."


def in_breaths(text: str, driving: DrivingState, *, beside: str = "") -> tuple[str, ...]:
    """Split a long answer into parts of at most one breath (V1), at sentence ends, or at commas where it must be.

    `beside` is what will be said in the same breath, for which room is left.
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
    """Return the notice about a deferred call."""
    if succeeded:
        return wording().text("told", "gone_through", title=title)
    said = sentence(reason) if reason else ""
    return wording().text("told", "not_gone_through", title=title, reason=said).strip()


def progress_text(share: float) -> str:
    """Return how far something is, 0 to 1, in steps that are easy to take in."""
    tenths = round(share * 10)
    name = "nearly_done" if tenths >= 10 else "half_done" if tenths == 5 else "percent_done"
    return wording().text("told", name, percent=tenths * 10)


def help_text(titles: Sequence[str]) -> str:
    """Return what can be asked for, at most three examples at a time."""
    if not titles:
        return wording().text("told", "no_services")
    return wording().text("told", "help", titles=spoken_list(list(titles[:3]), "or"))
