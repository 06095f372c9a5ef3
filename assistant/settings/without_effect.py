"""Settings that are written as they may be and yet do nothing: a rule for a tool that is not there, a key beside which
another one counts. Each is one sentence that names the key and the cure.

It looks at settings and at names of tools; it never refuses a setting, asks no server and opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant.settings.setting_lines import written_at
from assistant.settings.settings import RoutineStep, Settings
from assistant.settings.sources import settings_files
from client.catalog import Tool
from client.client_errors import ConfigurationError
from client.configuration.server_entries import ServerEntry, check_entry, read_entry
from client.configuration.wrong_values import KeyPath, near_names, shown
from client.schemas.tool_names import parted_name, qualified_name

Known = Mapping[str, frozenset[str] | None]
"""Names of tools by server; None for a server whose tools are not known now."""
_BESIDE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "args": (("command",), "is for a command"),
    "env": (("command",), "is for a command"),
    "cwd": (("command",), "is for a command"),
    "headers": (("url", "urls"), "is for a url"),
    "dialect": (("url", "urls"), "is for a url"),
    "reached_within": (("url", "urls"), "is for a url"),
    "refused_statuses": (("url", "urls"), "is for a url"),
    "auth_token": (("url", "urls"), "is for a url"),
    "user_id": (("url", "urls"), "is for a url"),
    "require_https": (("url", "urls"), "is for a url"),
    "balance": (("urls",), "is for several urls"),
    "weights": (("urls",), "is for several urls"),
    "share_keys": (("urls",), "is for several urls"),
}
"""Keys of a server that do nothing without one of others, and why."""


@dataclass(frozen=True)
class Inert:
    """A setting that does nothing."""

    place: KeyPath
    why: str
    """What to say of it, cure included."""


def without_effect(
    settings: Settings,
    known: Known,
    *,
    steers: Callable[[str], bool] = lambda words: False,
    broken: bool = True,
) -> list[str]:
    """Return a sentence for each setting that does nothing, with the file and line where it stands.

    `known` are the tools that there are. `steers` says whether words are a yes, a no or another control. Entries of
    servers that cannot be used are left out unless `broken`: whoever opens the servers says so of each.
    """
    found = [*_values(settings), *_servers(settings, broken=broken), *_names(settings, known)]
    found += _routines(settings, steers)
    files = settings_files()
    sentences = []
    for idle in found:
        where = written_at(files, idle.place)
        sentences.append(f"{where + ': ' if where else ''}{shown(idle.place)} {idle.why}")
    return sentences


def known_tools(settings: Settings, listed: Iterable[Tool], away: Sequence[str] = ()) -> Known:
    """Return the known tools: those that are listed now, and every configured server besides, its tools unknown.

    `away` are servers whose listing may have changed.
    """
    known: dict[str, frozenset[str] | None] = {
        name: None if _is_usable(name, raw) else frozenset() for name, raw in settings.servers.items()
    }
    for tool in listed:
        known[tool.server] = (known.get(tool.server) or frozenset()) | {tool.name}
    return {**known, **{name: None for name in away if known.get(name) != frozenset()}}


def _is_usable(name: str, raw: Mapping[str, Any]) -> bool:
    try:
        check_entry(name, read_entry(name, raw))
    except ConfigurationError:
        return False
    return True


def _values(settings: Settings) -> Iterator[Inert]:
    """Values that something else takes the effect from."""
    voice, understanding = settings.voice, settings.understanding
    spoken = voice.model_dump()
    for name in ("wyoming", "wyoming_speech", "wyoming_wake"):
        if (address := spoken[name]) and not address.startswith("tcp://"):
            yield Inert(("voice", name), f"is no address of a speech server; write tcp://HOST:PORT, not {address!r}")
    if voice.recognizer == "wyoming" and not voice.wyoming:
        yield Inert(("voice", "recognizer"), "is wyoming without an address; set voice.wyoming to tcp://HOST:PORT")
    if voice.wyoming and voice.recognizer != "wyoming":
        heard_by = voice.recognizer
        yield Inert(("voice", "wyoming"), f'is not used while voice.recognizer is "{heard_by}"; set it to "wyoming"')
    if voice.wyoming_voice and not voice.wyoming_speech:
        yield Inert(("voice", "wyoming_voice"), "is not used without voice.wyoming_speech; set that as well")
    for name in ("vosk_model", "neural_model"):
        if (folder := spoken[name]) and not Path(folder).expanduser().is_dir():
            yield Inert(("voice", name), f"names no folder that is here: {folder}")
    if understanding.model_url and urlsplit(understanding.model_url).scheme not in ("http", "https"):
        yield Inert(("understanding", "model_url"), "is no address; write it with http:// or https:// in front")
    if understanding.model and not understanding.model_url:
        yield Inert(("understanding", "model"), "is not used without understanding.model_url; set that as well")
    if urlsplit(settings.serving.url).scheme not in ("http", "https"):
        yield Inert(("serving", "url"), "is no address; write it with http:// or https:// in front")
    if settings.car.databroker and "://" in settings.car.databroker:
        yield Inert(("car", "databroker"), "is written as HOST:PORT, without a scheme in front")
    rules = settings.supervision
    if not rules.auto_restart and "max_retries" in rules.model_fields_set:
        yield Inert(("supervision", "max_retries"), "is not used while supervision.auto_restart is false")
    warming = settings.warming
    if "calls" in warming.model_fields_set and not warming.every and not warming.before_dead_zones:
        yield Inert(("warming", "calls"), "is never asked; set warming.every or warming.before_dead_zones as well")
    for number, alert in enumerate(settings.metrics.alerts):
        if not alert.tell:
            yield Inert(
                ("metrics", "alerts", number, "tell"), "is empty, so nobody hears of it; write where it is told"
            )
    if settings.profile.here == "" and "here" in settings.profile.model_fields_set:
        yield Inert(("profile", "here"), "is empty; name a place or leave it out")


def _servers(settings: Settings, *, broken: bool) -> Iterator[Inert]:
    """Entries of servers that cannot be used, and keys that do nothing beside others."""
    for name, raw in settings.servers.items():
        place: KeyPath = ("servers", name)
        try:
            entry = read_entry(name, raw)
            check_entry(name, entry)
        except ConfigurationError as error:
            if not broken:
                continue
            told = str(error).removeprefix(f"server {name}: ").removeprefix(f"server {name} ")
            yield Inert(place, f"is not used: {told}")
            continue
        yield from _beside(place, entry)


def _beside(place: KeyPath, entry: ServerEntry) -> Iterator[Inert]:
    given = entry.model_dump()
    for key, (needed, why) in _BESIDE.items():
        if key in entry.model_fields_set and not any(given[each] for each in needed):
            yield Inert((*place, key), f"{why} and does nothing here; take it out")
    if entry.weights and entry.balance != "weighted":
        yield Inert((*place, "weights"), 'counts only with balance = "weighted"; set that as well')
    if entry.balance == "weighted" and not entry.weights and entry.urls:
        yield Inert((*place, "balance"), 'is "weighted" without weights; give one for each of urls')
    if len(entry.urls) == 1:
        yield Inert((*place, "urls"), "has one address only; write url, or add another")
    if entry.cwd and not Path(entry.cwd).expanduser().is_dir():
        yield Inert((*place, "cwd"), f"names no folder that is here: {entry.cwd}")


def _names(settings: Settings, known: Known) -> Iterator[Inert]:
    """Patterns and names of tools that fit none."""
    for number, rule in enumerate(settings.routing.rules):
        place: KeyPath = ("routing", "rules", number)
        if not _any_like(rule.prefer, known):
            near = _near(rule.prefer, known)
            yield Inert((*place, "prefer"), f"fits no tool, so the rule never counts: {rule.prefer}{near}")
        for kind, values in (("words", rule.words), ("files", rule.files)):
            if any(not value.strip(" .") for value in values):
                yield Inert((*place, kind), "has an empty entry, which is never said; take it out")
        if rule in settings.routing.rules[:number]:
            yield Inert(place, "is the same as a rule before it; take it out")
    calls = settings.calls
    for key in (*calls.fresh_for, *calls.fallbacks):
        section = "fresh_for" if key in calls.fresh_for else "fallbacks"
        if not _is_tool(key, known):
            yield Inert(("calls", section, key), f"is the name of no tool, so it does nothing{_near(key, known)}")
    for key, others in calls.fallbacks.items():
        for other in others:
            if other not in known and not _is_tool(other, known):
                near = _near(other, known)
                yield Inert(("calls", "fallbacks", key), f"names {other}, which is no server and no tool{near}")
    for key in calls.defaults:
        if not _any_like(key, known):
            yield Inert(("calls", "defaults", key), f"fits no tool, so it does nothing{_near(key, known)}")
    for number, call in enumerate(settings.warming.calls if "calls" in settings.warming.model_fields_set else ()):
        if not _is_tool(call.tool, known):
            near = _near(call.tool, known)
            yield Inert(("warming", "calls", number, "tool"), f"is the name of no tool: {call.tool}{near}")
    for name, routine in settings.tools.items():
        for number, step in enumerate(routine.steps):
            if isinstance(step, RoutineStep) and not _is_tool(step.tool, known):
                at: KeyPath = ("tools", name, "steps", number)
                near = _near(step.tool, known)
                yield Inert(at, f"is for {step.tool}, which is no tool, so {name} never begins{near}")


def _routines(settings: Settings, steers: Callable[[str], bool]) -> Iterator[Inert]:
    """Words of routines that always mean something else."""
    said: dict[str, str] = {}
    for name, routine in settings.tools.items():
        for number, words in enumerate(routine.says):
            key = " ".join(words.casefold().split())
            if key in said:
                yield Inert(("tools", name, "says", number), f"is said for {said[key]} already; choose other words")
            said.setdefault(key, name)
            if steers(words):
                yield Inert(("tools", name, "says", number), f"always steers the talk ({words}); choose other words")


def _any_like(pattern: str, known: Known) -> bool:
    """Return whether a pattern of `server.tool` fits a tool; a server whose tools are unknown fits by its name."""
    for server, tools in known.items():
        if tools is None and fnmatchcase(f"{server}.", f"{parted_name(pattern)[0]}."):
            return True
        if any(fnmatchcase(qualified_name(server, tool), pattern) for tool in tools or ()):
            return True
    return False


def _is_tool(name: str, known: Known) -> bool:
    """Return whether there is a tool of that name, qualified or bare, or a server that may have it."""
    server, tool = parted_name(name)
    if server:
        tools = known.get(server, frozenset())
        return tools is None or tool in tools
    return any(tools is None or name in tools for tools in known.values())


def _near(name: str, known: Known) -> str:
    server, tool = parted_name(name)
    if server and server not in known:
        near = near_names(server, [*known])
        return near or f"; there is no server {server}"
    names = [*(known.get(server) or ())] if server else [each for tools in known.values() for each in tools or ()]
    return near_names(tool, names) or "; check its spelling"
