"""`mcqueen servers catalog`: the servers of others that `mcqueen servers add NAME` knows, and what each needs.

Fetches and starts nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.output import answer, answer_json, stop

if TYPE_CHECKING:
    from assistant.settings.known_servers import KnownServer, PreparedEntry


@click.command("catalog")
@click.argument("word", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def catalog(word: str | None, as_json: bool) -> None:
    """List the published servers that McQueen knows.

    With WORD, show all details of those whose name or description has it.
    """
    from assistant.settings.known_servers import known_servers

    known = known_servers()
    found = {name: one for name, one in known.items() if word is None or word.casefold() in name or one.holds(word)}
    for name, one in found.items():
        if as_json:
            answer_json(_facts(name, one))
        elif word is None:
            needs = f" (needs {', '.join(one.needs)})" if one.needs else ""
            answer(f"{name:20} {one.what}{needs}")
        else:
            answer("\n".join(_lines(name, one)))
    if not found:
        stop(f"no known server has {word} in its name or description; mcqueen servers catalog lists all")


def _facts(name: str, one: KnownServer) -> dict[str, Any]:
    return {
        "name": name,
        "what": one.what,
        "command": list(one.command),
        "runs": one.runs,
        "node": one.node or None,
        "needs": dict(one.needs),
        "before": one.before or None,
        "trusted": one.trusted,
        "tried": str(one.tried) if one.tried else None,
        "tools": one.tools or None,
    }


def _lines(name: str, one: KnownServer) -> list[str]:
    tried = f"{one.tools} tools when it was started on {one.tried}" if one.tried else "never started by us"
    lines = [f"{name}: {one.what}", f"  {shlex.join(one.command)}"]
    lines += [f"  needs {value}: {what}" for value, what in one.needs.items()]
    lines += [f"  needs Node {one.node} or newer"] if one.node else []
    lines += [f"  first: {one.before}"] if one.before else []
    lines.append(f"  {'trusted, as it only looks' if one.trusted else 'not trusted'}; {tried}")
    return lines


def prepare(name: str, options: Mapping[str, Any], values: Mapping[str, str], env: Mapping[str, str]) -> PreparedEntry:
    """Return the entry of a known server with what was given, or exit with a sentence."""
    from assistant.settings.known_servers import known_servers, prepared

    server = known_servers().get(name)
    if server is None:
        raise click.UsageError(
            f"Missing argument 'URL|COMMAND...'; only the servers of mcqueen servers catalog need none, and {name} is "
            "not among them."
        )
    if options["headers"] or options["dialect"]:
        stop("--header and --dialect are for a URL")
    for value in values:
        if value not in server.needs:
            stop(f"{name} takes no {value}; " + (f"it needs {', '.join(server.needs)}" if server.needs else "no --set"))
    given = {
        key: str(Path(value).expanduser().absolute()) if value and key in server.paths else value
        for key, value in values.items()
    }
    found = prepared(server, given)
    if env:
        found.entry["env"] = {**found.entry.get("env", {}), **env}
    if options["cwd"]:
        found.entry["cwd"] = str(options["cwd"].expanduser().absolute())
    if options["trusted"]:
        found.entry["trusted"] = True
    return found


def told_of(name: str, found: PreparedEntry) -> str:
    """Return what is said of a known server that was added: what it still needs, and what comes first."""
    from assistant.settings.known_servers import known_servers

    needs, first = known_servers()[name].needs, known_servers()[name].before
    said = f"{name} is added; McQueen uses it from its next start on"
    if found.missing:
        listed = "; ".join(f"{value} ({what})" for value, what in found.missing.items())
        again = "".join(f" --set {value}=VALUE" for value in found.missing if value in needs)
        said = f"{name} is added and switched off. It still needs {listed}. Then: mcqueen servers add {name}{again}"
    return f"{said}. First: {first}" if first else said


def may_be_replaced(name: str) -> bool:
    """Return whether a server of this name was added from the catalog and still waits for what it needs."""
    from assistant.settings.known_servers import known_servers, unfinished
    from assistant.settings.sources import servers_file

    server, entry = known_servers().get(name), servers_file().read().entries.get(name)
    return server is not None and entry is not None and unfinished(server, entry)
