"""`mcqueen servers`: lists, adds, starts and stops servers, and shows their logs.

Added and stopped servers are stored in `servers.json`; a running McQueen is notified over its control socket. It never
edits `mcqueen.toml`, and calls no tools.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from assistant.cli.catalog_command import catalog, may_be_replaced, prepare, told_of
from assistant.cli.output import ExitCode, answer, answer_json, complain, stop
from assistant.cli.starter_command import new

if TYPE_CHECKING:
    from assistant.settings.settings import Settings

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")


@click.group(invoke_without_command=True)
@_JSON
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List the configured servers, add, stop and start them, read their logs."""
    if context.invoked_subcommand is None:
        _list(as_json)


@command.command("list")
@_JSON
def list_command(as_json: bool) -> None:
    """List the configured servers with their states.

    A running McQueen is asked; servers that none has open are tried now.
    """
    _list(as_json)


def _list(as_json: bool) -> None:
    from assistant.cli.server_states import states_now
    from assistant.settings.settings import load_settings

    states = asyncio.run(states_now(load_settings()))
    for state in states:
        if as_json:
            answer_json(state)
        else:
            answer(_line(state))


def _line(state: Mapping[str, Any]) -> str:
    """Return a state as a line for people."""
    how = state["status"].lower() if state["healthy"] or not state["detail"] else state["detail"]
    if state["healthy"] and not state["live"]:
        how = "healthy when tried just now"
    facts = [f"{state['tools']} tools"]
    if state["pid"] is not None:
        more = f" and {state['copies'] - 1} copies" if state["copies"] > 1 else ""
        facts += [f"process {state['pid']}{more}", f"up {_span(state['uptime'])}"]
    if state["memory"] is not None:
        facts += [f"{state['cpu'] * 100:.0f} % CPU", f"{state['memory'] / 1e6:.0f} MB", f"{state['open_files']} files"]
    if state["held"]:
        facts.append(f"{state['held']} changed and waiting for approval")
    return f"{state['name']:20} {how} ({', '.join(facts)})"


def _span(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _configured(name: str) -> Settings:
    """Return the settings, or exit if they have no such server."""
    from assistant.settings.settings import load_settings

    settings = load_settings()
    if name not in settings.servers:
        known = ", ".join(settings.servers)
        stop(f"no server is called {name}; " + (f"the configured ones are {known}" if known else "none is configured"))
    return settings


@command.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--env", "env", multiple=True, metavar="NAME=VALUE", help="Set in its environment; repeatable.")
@click.option("--header", "headers", multiple=True, metavar="NAME=VALUE", help="Sent with each request; repeatable.")
@click.option("--cwd", type=click.Path(path_type=Path), help="Folder that the command runs in.")
@click.option("--dialect", help="mcp or mcqueen, if the URL does not show it.")
@click.option("--default", "defaults", multiple=True, metavar="NAME=VALUE", help="An argument that never changes.")
@click.option("--trusted", is_flag=True, help="Believe its hints that a tool changes nothing.")
@click.option("--set", "needed", multiple=True, metavar="NAME=VALUE", help="What a server of the catalog needs.")
@_JSON
@click.argument("name")
@click.argument("target", nargs=-1, metavar="[URL|COMMAND...]")
@click.pass_context
def add(context: click.Context, /, name: str, target: tuple[str, ...], **options: Any) -> None:
    """Add a server by its URL or the command that starts it, or one of mcqueen servers catalog by its name alone.

    Options may stand anywhere; what stands after the first word of a command belongs to the command.
    """
    from assistant.settings.settings import load_settings
    from assistant.settings.sources import FILE_NAME, servers_file

    words = _with_options(context.command, list(target), options)
    settings = load_settings()
    if name in settings.servers and (words or not may_be_replaced(name)):
        stop(f"a server is called {name} already; mcqueen servers remove {name} takes it out")
    entry, told, facts = _by_target(name, words, options) if words else _by_name(name, options)
    file = servers_file()
    file.add({name: entry})
    if not settings.servers and not settings.town:
        told += f". The town is not used beside it; town = true in {file.path.parent / FILE_NAME} keeps both"
    _done(options["as_json"], told, name=name, file=str(file.path), **facts)


_Added = tuple[dict[str, Any], str, dict[str, Any]]


def _by_target(name: str, words: list[str], options: Mapping[str, Any]) -> _Added:
    """Return the entry, what is said of it, and facts for programs."""
    from assistant.settings.added_servers import entry_of, usable

    if options["needed"]:
        raise click.UsageError("--set is for a server of mcqueen servers catalog, which is added by its name alone")
    entry = entry_of(
        words,
        _pairs("--env", options["env"]),
        _pairs("--header", options["headers"]),
        options["cwd"],
        options["dialect"],
        trusted=options["trusted"],
        defaults=_pairs("--default", options["defaults"]),
    )
    usable(name, entry)
    return entry, f"{name} is added; McQueen uses it from its next start on", {}


def _by_name(name: str, options: Mapping[str, Any]) -> _Added:
    """Return the same of a server of the catalog."""
    found = prepare(name, options, _pairs("--set", options["needed"]), _pairs("--env", options["env"]))
    if options["defaults"]:
        found.entry["defaults"] = _pairs("--default", options["defaults"])
    return found.entry, told_of(name, found), {"enabled": not found.missing, "needs": dict(found.missing)}


def _with_options(known: click.Command, words: list[str], options: dict[str, Any]) -> list[str]:
    """Take the options out of the words after NAME and return the other words: options before a command, or anywhere
    beside a URL.
    """
    from client.configuration.server_entries import is_url

    named = {flag: one for one in known.params if isinstance(one, click.Option) for flag in one.opts}
    rest: list[str] = []
    while words and (not rest or is_url(rest[0])):
        word = words.pop(0)
        flag, equals, value = word.partition("=")
        option = named.get(flag)
        if option is None or option.name is None:
            rest.append(word)
        elif option.is_flag:
            options[option.name] = True
        else:
            if not equals and not words:
                raise click.UsageError(f"{flag} needs a value")
            value = value if equals else words.pop(0)
            options[option.name] = (
                (*options[option.name], value) if option.multiple else option.type.convert(value, option, None)
            )
    return [*rest, *words]


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key:
            raise click.UsageError(f"{option} {one}: write it as NAME=VALUE")
        found[key] = value
    return found


def _done(as_json: bool, sentence: str, **facts: Any) -> None:
    if as_json:
        answer_json({"ok": True, **facts})
    else:
        answer(sentence)


@command.command()
@click.argument("name")
@_JSON
def remove(name: str, as_json: bool) -> None:
    """Remove a server that was added or imported, and stop it."""
    from assistant.settings.sources import FILE_NAME, servers_file
    from client.servers.processes.control import ask_all, control_folder

    settings = _configured(name)
    if not servers_file().remove(name):
        _failed(f"{name} is written in {FILE_NAME} or in the environment; take it out there", as_json)
    ask_all(control_folder(settings.data_path), {"do": "stop", "name": name})
    _done(as_json, f"{name} is removed", name=name)


def _failed(sentence: str, as_json: bool) -> NoReturn:
    if as_json:
        answer_json({"ok": False, "error": {"code": "failed", "message": sentence}})
    stop(sentence, ExitCode.FAILED)


@command.command()
@click.argument("name")
@_JSON
def start(name: str, as_json: bool) -> None:
    """Start a server, also one that was given up; it stays started."""
    _change("start", name, as_json)


@command.command("stop")
@click.argument("name")
@_JSON
def stop_command(name: str, as_json: bool) -> None:
    """Stop a server; it stays stopped until it is started."""
    _change("stop", name, as_json)


@command.command()
@click.argument("name")
@_JSON
def restart(name: str, as_json: bool) -> None:
    """Stop a server and start it again, in every McQueen that runs."""
    _change("restart", name, as_json)


def _change(what: str, name: str, as_json: bool) -> None:
    """Store the change, then have every running McQueen make it."""
    from assistant.settings.sources import servers_file
    from client.servers.processes.control import ask_all, control_folder

    settings = _configured(name)
    by_url = bool(settings.servers[name].get("url"))
    if by_url and what == "restart":
        _failed(f"{name} is reached by its URL; McQueen has no process of it to restart", as_json)
    servers_file().set_stopped(name, stopped=what == "stop")
    answers = ask_all(control_folder(settings.data_path), {"do": what, "name": name})
    reports = [found["report"] for found in answers if found.get("ok")]
    for found in answers:
        if not found.get("ok") and not by_url:
            complain(found["message"])
    if any(not found.get("ok") for found in answers) and not by_url and not reports:
        raise SystemExit(int(ExitCode.FAILED))
    _done(as_json, _sentence(what, name, reports, by_url), name=name, running=reports)


def _sentence(what: str, name: str, reports: list[dict[str, Any]], by_url: bool) -> str:
    later = "stays out from" if what == "stop" else "is used from"
    if by_url:
        return f"{name} {later} McQueen's next start on"
    if not reports:
        return f"no McQueen runs; {name} " + ("will not be started" if what == "stop" else "starts with the next one")
    if what == "stop":
        return f"{name} is stopped"
    return f"{name} runs as process {', '.join(str(report['pid']) for report in reports)}"


@command.command()
@click.argument("name")
@click.option("--lines", default=50, show_default=True, type=click.IntRange(1, 100_000), help="How many lines at most.")
@_JSON
def logs(name: str, lines: int, as_json: bool) -> None:
    """Show what a server's process wrote to stderr, also of earlier runs."""
    from client.servers.processes.log_file import read_log

    settings = _configured(name)
    path = settings.upkeep.log_path(name)
    found = read_log(path, lines) if path is not None else []
    for line in found:
        time, _, text = line.partition(" ")
        if as_json:
            answer_json({"time": time, "text": text})
        else:
            answer(line)
    if not found and not as_json:
        answer(f"{name} has written nothing to stderr")


@command.command()
@click.argument("name", required=False)
@_JSON
def stats(name: str | None, as_json: bool) -> None:
    """Show how often the servers' processes were called, and how long calls took; times in milliseconds."""
    from assistant.cli.server_states import statistics
    from assistant.settings.settings import load_settings

    settings = _configured(name) if name else load_settings()
    for found in statistics(settings, [name] if name else list(settings.servers)):
        if as_json:
            answer_json(found)
        else:
            answer(
                f"{found['name']:20} {found['totalCalls']} calls, {found['failedCalls']} failed, "
                f"{found['averageExecutionTime']} ms on average, {found['totalExecutionTime']} ms in all"
            )


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_JSON
def import_command(file: Path, as_json: bool) -> None:
    """Add the servers of another program's JSON (mcpServers, or servers as VS Code writes it)."""
    from assistant.settings.settings import load_settings
    from assistant.settings.sources import servers_file
    from client.configuration.other_programs import read_other_program

    found = read_other_program(file)
    known = load_settings().servers
    new = {name: entry for name, entry in found.entries.items() if name not in known}
    problems = [*found.problems]
    problems += [
        f"{file}: {name}: a server is called so already; it is left out" for name in found.entries if name in known
    ]
    if new:
        servers_file().add(new)
    for name, entry in new.items():
        off = " (switched off there; mcqueen servers start switches it on)" if entry.get("enabled") is False else ""
        _done(as_json, f"{name} is added{off}", name=name, enabled=entry.get("enabled", True))
    for problem in problems:
        if as_json:
            answer_json({"ok": False, "error": {"code": "left_out", "message": problem}})
        complain(problem)
    if problems:
        raise SystemExit(int(ExitCode.FAILED))


@command.command()
@click.argument("name")
@click.argument("tool", required=False)
@_JSON
def approve(name: str, tool: str | None, as_json: bool) -> None:
    """Accept changed tools as they are now: all of server NAME, or one TOOL of it (or SERVER.TOOL alone)."""
    from assistant.cli.server_states import approve_held
    from assistant.settings.settings import load_settings

    approved = asyncio.run(approve_held(load_settings(), name, tool))
    for qualified in approved:
        _done(as_json, f"{qualified} is approved as it is now", tool=qualified)
    if not approved:
        _failed(
            f"no tool of {name} waits for approval" if tool is None else f"no tool called {tool} of {name} waits",
            as_json,
        )


command.add_command(catalog)
command.add_command(new)
