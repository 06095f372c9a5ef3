"""What is said: read-backs, questions, reports and prompts, as text for speech and screen.

The one place for wording, with `prompts.py` for what is always said the same. It only words; it never decides what
happens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from assistant.policy.driving import LIMITS, DrivingState
from assistant.policy.results import Item, items_of
from client.call import CallError, Deferred, Failed, Need, NeedsInput, Outcome, Succeeded, Unknown
from client.catalog import Tool
from client.values import JSON


def tool_title(tool: Tool) -> str:
    """Return a short name of the tool for people: its title, else its name in words."""
    return tool.title or label(tool.name).capitalize()


def label(name: str) -> str:
    """Return a parameter's or tool's name in words: `partySize` and `party_size` are "party size"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[_\-.\s]+", " ", spaced).strip().lower()


def spoken_value(value: JSON, schema: Mapping[str, JSON], now: float, utc_offset: float) -> str:
    """Return a value in natural words, exact enough to be agreed to."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return spoken_list([spoken_value(item, {}, now, utc_offset) for item in value])
    if isinstance(value, dict):
        return ", ".join(f"{label(key)} {spoken_value(item, {}, now, utc_offset)}" for key, item in value.items())
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
            return f"{spoken_date(moment.date(), today)} at {spoken_time(moment.time())}"
        if kind == "duration":
            return spoken_duration(value)
    except ValueError:
        pass
    return value


def spoken_date(day: date, today: date) -> str:
    """Return "today", "tomorrow", "Friday", or "Friday the 4th of December" from a week on."""
    ahead = (day - today).days
    if ahead in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[ahead + 1]
    if 1 < ahead < 7:
        return f"{day:%A}"
    return f"{day:%A} the {ordinal(day.day)} of {day:%B}" + (f" {day.year}" if abs(ahead) > 330 else "")


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "3rd", "4th", "11th", "21st"."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def spoken_time(moment: time) -> str:
    """Return "7 p.m." or "7:30 a.m."; noon and midnight by name."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "noon" if moment.hour else "midnight"
    hour = (moment.hour - 1) % 12 + 1
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes} {'a.m.' if moment.hour < 12 else 'p.m.'}"


def spoken_duration(iso: str) -> str:
    """Return an ISO 8601 duration (`PT1H30M`) as "1 hour and 30 minutes"; raises ValueError for anything else."""
    found = re.fullmatch(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", iso)
    if found is None:
        raise ValueError(f"not an ISO 8601 duration: {iso}")
    names = ("week", "day", "hour", "minute", "second")
    parts = [f"{n} {name}{'' if n == '1' else 's'}" for n, name in zip(found.groups(), names, strict=True) if n]
    return spoken_list(parts) or "no time"


def spoken_list(items: Sequence[str], joint: str = "and") -> str:
    """Return "a, b and c"."""
    return f" {joint} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


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
            parts.append(f"at {words}" if label(name) == "time" else f"{label(name)} {words}")
        elif position == 0 or (kind in ("date", "date-time") and label(name) == "date"):
            parts.append(words)
        else:
            parts.append(f"{label(name)} {words}")
    return ", ".join(part for part in parts if part)


def _thing(name: str) -> str:
    """Return what an identifier is of: "customer" for `customer_id`."""
    words = label(name).split()
    return " ".join(words[:-1]) if len(words) > 1 else ""


_ASKING: tuple[tuple[str, str], ...] = (
    ("cancel|delete|remove|clear", "Shall I take this away?"),
    ("book|reserve", "Shall I book this?"),
    ("send|message|mail|text|post|tell", "Shall I send this?"),
    ("order|buy|pay|purchase", "Shall I order this?"),
    ("create|add|schedule|set|make|update|move", "Shall I enter this?"),
)


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


_PLACES = ("First", "Second", "Third")


def read_back_plan(
    plan: Sequence[tuple[Tool, Mapping[str, JSON], Mapping[str, str]]], now: float, utc_offset: float
) -> str:
    """Return one read-back for several effects, each with all its arguments, numbered so that each can be named."""
    parts = []
    for place, (tool, arguments, named) in zip(_PLACES, plan, strict=False):
        described = described_arguments(tool, arguments, now, utc_offset, named)
        parts.append(
            sentence(f"{place}, {tool_title(tool)}: {described}" if described else f"{place}, {tool_title(tool)}")
        )
    return f"{' '.join(parts)} {asking_all(len(plan))}"


def asking_all(count: int) -> str:
    """Return the question that ends a read-back of several."""
    return "Shall I do both?" if count == 2 else "Shall I do all three?"


def login_reminder(tool: Tool, outcome: NeedsInput) -> str:
    """Return what is told once the vehicle is parked."""
    return (
        f"Now that you are parked: {tool_title(tool)} still needs a login to {label(outcome.service) or tool.server}."
    )


def asking(tool: Tool) -> str:
    """Return the question that ends a read-back."""
    words = label(tool.name)
    for pattern, question in _ASKING:
        if re.search(rf"\b({pattern})", words):
            return question
    return "Shall I do this?"


def question_for(tool: Tool, name: str, schema: Mapping[str, JSON] | None = None) -> str:
    """Return the question that asks for one argument."""
    found = tool.properties.get(name, {}) if schema is None else schema
    words = label(name)
    options = found.get("enum")
    if isinstance(options, list) and 1 < len(options) <= 3:
        return f"Which {words}: {spoken_list([label(str(option)) for option in options], 'or')}?"
    kind = found.get("format")
    if kind == "date":
        return "For which day?" if words == "date" else f"Which day for the {words}?"
    if kind == "time":
        return "At what time?" if words == "time" else f"What time for the {words}?"
    if kind == "duration":
        return "For how long?"
    if found.get("type") in ("integer", "number"):
        least, most = found.get("minimum"), found.get("maximum")
        within = (
            f"from {least:g} to {most:g}" if isinstance(least, int | float) and isinstance(most, int | float) else ""
        )
        if re.search("size|people|guests", words):
            return f"For how many people{f', {within}' if within else ''}?"
        return f"What {words}, {within or 'as a number'}?"
    if found.get("type") == "boolean":
        return f"Should {words} be on or off?"
    return f"Which {words}?"


def why_not(schema: Mapping[str, JSON], value: JSON) -> str:
    """Return why a value that was said is not taken, as a sentence."""
    said = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(value, int | float) and isinstance(most, int | float) and value > most:
        return f"{said} is too much: {most:g} is the most."
    if isinstance(value, int | float) and isinstance(least, int | float) and value < least:
        return f"{said} is too little: {least:g} is the least."
    return sentence(f"I can't take {said} for that")


def which_tool(titles: Sequence[str]) -> str:
    """Return the question between tools."""
    if len(titles) == 1:
        return f"Do you mean: {titles[0]}?"
    return f"Which do you mean: {spoken_list(list(titles), 'or')}?"


def report(tool: Tool, outcome: Outcome, utc_offset: float) -> str:
    """Return what is said of an outcome; every failure is one sentence that says what happens next."""
    match outcome:
        case Succeeded():
            return with_age(result_text(outcome.result, tool), outcome.age)
        case Deferred():
            return f"There is no network. I keep this and see to it as soon as I can: {tool_title(tool)}."
        case Unknown():
            return f"I lost the answer, so it may have happened or not: {tool_title(tool)}. It was sent once."
        case NeedsInput():
            return needs_text(tool, outcome)
        case Failed():
            return failure_text(outcome.error)


def needs_text(tool: Tool, outcome: NeedsInput) -> str:
    """Return what is said when a server wants something that speech cannot give now."""
    if outcome.need is Need.LOGIN:
        service = label(outcome.service) or tool.server
        return f"That needs a login to {service} first. Please set it up when you are parked."
    if outcome.need is Need.APPROVAL:
        return f"The service has changed what this does: {tool_title(tool)}. Shall I use it as it is now?"
    return sentence(outcome.error.message)


def failure_text(error: CallError) -> str:
    """Return one short sentence about a failure, and what happens next."""
    if error.code in ("not_sent", "offline", "circuit_open", "unavailable"):
        return "I can't reach the service just now. Nothing was done; please ask me later."
    if error.code in ("answer_lost", "timeout", "deadline"):
        return "The service did not answer in time. Please ask me later."
    if error.code == "refused_for_now":
        return "The service is too busy just now. Nothing was done; please ask me later."
    return sentence(error.message) if error.message else "That did not work. Nothing was done."


def with_age(text: str, age: float | None) -> str:
    """Return the text with the age of a kept answer said first."""
    if age is None:
        return text
    minutes = round(age / 60)
    if minutes < 1:
        return f"As of a moment ago: {text}"
    if minutes < 90:
        return f"As of {minutes} minute{'' if minutes == 1 else 's'} ago: {text}"
    return f"As of {round(minutes / 60)} hours ago: {text}"


def result_text(result: JSON, tool: Tool) -> str:
    """Return a result in words: the server's own summary or text, else its fields."""
    if isinstance(result, dict):
        for key in ("summary", "text", "message"):
            if isinstance(found := result.get(key), str) and found.strip():
                return sentence(found)
        fields = [f"{label(k)} {v}" for k, v in result.items() if isinstance(v, str | int | float) and v != ""]
        return sentence(", ".join(fields)) if fields else f"Done: {tool_title(tool)}."
    if isinstance(result, list):
        return sentence(spoken_list([item.name for item in items_of(result)[:3]])) if result else "There is nothing."
    return sentence(str(result)) if result is not None else f"Done: {tool_title(tool)}."


MOST_TOLD = 3
"""Items of a list told in one breath (V2, V3)."""


def answer_parts(tool: Tool, outcome: Succeeded, utc_offset: float, driving: DrivingState) -> tuple[str, ...]:
    """Return an answer in breaths: what the server words itself as it is, a bare list three items at a time."""
    result = outcome.result
    items = items_of(result)
    worded = isinstance(result, dict) and any(
        isinstance(result.get(key), str) for key in ("summary", "text", "message")
    )
    if worded or len(items) < 2:
        return in_breaths(report(tool, outcome, utc_offset), driving)
    threes = [items[place : place + MOST_TOLD] for place in range(0, len(items), MOST_TOLD)]
    told = [f"{'; '.join(_lasting([_told_item(item) for item in three]))}." for three in threes]
    first = with_age(f"There are {len(items)}: {told[0]}", outcome.age)
    return tuple(part for text in (first, *told[1:]) for part in in_breaths(text, driving))


def _lasting(items: Sequence[str]) -> list[str]:
    """Return the items with "and" before the last; the ";" between them are heard as pauses (V3)."""
    return [*items[:-1], f"and {items[-1]}"] if len(items) > 1 else list(items)


def _told_item(item: Item) -> str:
    """Return an item's name with one more of its short facts, so that they can be told apart."""
    facts = (
        f"{label(key)} {value:g}" if isinstance(value, float) else f"{label(key)} {value}"
        for key, value in item.properties.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    return " ".join((item.name, next(facts, ""))).strip()


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
        return f"What you confirmed before has gone through: {title}."
    return f"What you confirmed before did not go through: {title}. {sentence(reason) if reason else ''}".strip()


def progress_text(share: float) -> str:
    """Return how far something is, 0 to 1, in steps that are easy to take in."""
    tenths = round(share * 10)
    if tenths >= 10:
        return "It is nearly done."
    return "It is half done." if tenths == 5 else f"{tenths * 10} percent is done."


def help_text(titles: Sequence[str]) -> str:
    """Return what can be asked for, at most three examples at a time."""
    if not titles:
        return "I have no services connected just now."
    return f"For example: {spoken_list(list(titles[:3]), 'or')}. What would you like?"
