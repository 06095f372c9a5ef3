"""`mcqueen call`: makes one tool call or a batch, and prints the outcomes for people or scripts.

`--yes` is recorded as the operator's consent; without it a sensitive call changes nothing.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.output import ExitCode, answer, answer_json, complain, stop
from client.calls.idempotency_keys import new_key

if TYPE_CHECKING:
    from assistant.cli.open_servers import OpenServers
    from client.call import CallError, Outcome
    from client.catalog import Tool
    from client.notices import Notice


@dataclass(frozen=True)
class BatchLine:
    """One requested call, or the error in its line."""

    id: Any
    tool: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    server: str | None = None
    key: str | None = None
    deadline: float | None = None
    problem: str = ""


@click.command()
@click.argument("tool", required=False)
@click.argument("arguments", nargs=-1, metavar="[k=v... k:=JSON...]")
@click.option("--batch", type=click.Path(path_type=Path), help='A file with one {"id", "tool", "arguments"} a line.')
@click.option("--concurrency", default=1, show_default=True, type=click.IntRange(1, 256), help="Calls at once.")
@click.option("--server", help="A URL, a configured name, or a command line that starts a stdio server.")
@click.option("--dialect", help="mcp or mcqueen, if the URL does not show it.")
@click.option("--yes", is_flag=True, help="Your consent to sensitive calls; it is recorded as the operator's.")
@click.option("--deadline", type=click.FloatRange(0.05, 600), help="Seconds that a call may take, all in all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(
    tool: str | None,
    arguments: tuple[str, ...],
    batch: Path | None,
    concurrency: int,
    server: str | None,
    dialect: str | None,
    yes: bool,
    deadline: float | None,
    as_json: bool,
) -> None:
    """Call a tool, or a batch of calls.

    Arguments are k=v for text and k:=JSON for anything else. A batch answers every line, in order.
    """
    if (tool is None) == (batch is None):
        stop("give a tool, or --batch with a file of calls")
    lines = list(_batch_lines(batch)) if batch is not None else [_typed_line(tool or "", arguments)]
    outcomes = asyncio.run(_run(lines, server, dialect, yes, deadline, concurrency, as_json, batch is not None))
    if batch is None and not all(outcome in ("succeeded", "deferred") for outcome in outcomes):
        raise SystemExit(int(ExitCode.FAILED))


def _typed_line(tool: str, words: Iterable[str]) -> BatchLine:
    arguments: dict[str, Any] = {}
    for word in words:
        name, separator, value = word.partition("=")
        if not separator or not name.strip(":"):
            stop(f"{word!r} is not an argument; write name=text or name:=JSON")
        if name.endswith(":"):
            try:
                arguments[name[:-1]] = json.loads(value)
            except json.JSONDecodeError:
                stop(f"the value of {name[:-1]} is not JSON: {value!r}; for text write {name[:-1]}={value}")
        else:
            arguments[name] = value
    return BatchLine(None, tool, arguments)


def _batch_lines(path: Path) -> Iterable[BatchLine]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        stop(f"cannot read the batch {path}: {error.strerror}")
    for number, text in enumerate(raw.split(b"\n"), start=1):
        if text.strip():
            yield _batch_line(number, text)


def _batch_line(number: int, text: bytes) -> BatchLine:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return BatchLine(None, problem=f"line {number} is not JSON: {error}")
    if not isinstance(found, dict):
        return BatchLine(None, problem=f"line {number} is not a JSON object")
    identity = found.get("id")
    problem = ""
    if not isinstance(found.get("tool"), str) or not found["tool"]:
        problem = f'line {number} has no "tool"'
    elif not isinstance(found.get("arguments", {}), dict):
        problem = f'the "arguments" of line {number} are not an object'
    elif unknown := sorted(set(found) - {"id", "tool", "arguments", "server", "idempotency_key", "deadline"}):
        problem = f"line {number} has the unknown key {unknown[0]!r}"
    for name in ("server", "idempotency_key"):
        if not problem and not isinstance(found.get(name, ""), str):
            problem = f'the "{name}" of line {number} is not text'
    deadline = found.get("deadline")
    if not problem and deadline is not None and (isinstance(deadline, bool) or not isinstance(deadline, int | float)):
        problem = f'the "deadline" of line {number} is not a number of seconds'
    elif not problem and deadline is not None and not 0 < deadline <= 600:
        problem = f'the "deadline" of line {number} is not between 0 and 600 seconds'
    if problem:
        return BatchLine(identity, problem=problem)
    return BatchLine(
        identity,
        found["tool"],
        found.get("arguments", {}),
        found.get("server"),
        found.get("idempotency_key"),
        deadline,
    )


async def _run(
    lines: list[BatchLine],
    server: str | None,
    dialect: str | None,
    yes: bool,
    deadline: float | None,
    concurrency: int,
    as_json: bool,
    is_batch: bool,
) -> list[str]:
    from assistant.cli.open_servers import open_connections
    from assistant.settings.settings import load_settings

    settings = load_settings()
    wanted = [server, *(line.server for line in lines if line.server is not None)]
    async with open_connections(settings, wanted, dialect) as connections:
        if not is_batch and not as_json:
            connections.tools.watch(_tell_progress)
        gate = asyncio.Semaphore(concurrency)

        async def one(line: BatchLine) -> tuple[dict[str, Any], list[Tool]]:
            async with gate:
                known: list[Tool] = []
                limit = line.deadline or deadline or settings.deadline
                return await _answer(line, connections, server, yes, limit, known), known

        tasks = [asyncio.create_task(one(line)) for line in lines]
        kinds: list[str] = []
        for line, task in zip(lines, tasks, strict=True):
            found, known = await task
            kinds.append(found.get("outcome", "error"))
            if as_json:
                answer_json({"id": line.id, **found} if is_batch else found)
            else:
                _tell(found, f"{line.id}: " if is_batch else "", known[0] if known else None)
        return kinds


def _tell_progress(notice: Notice) -> None:
    """Print the progress of a call on stderr, since the answer goes to stdout."""
    from client.notices import CallProgress

    if isinstance(notice, CallProgress):
        done = f"{notice.done / notice.total:.0%}" if notice.total else f"{notice.done:g}"
        message = " ".join(notice.message.split())[:120]
        complain(f"{notice.call.tool}: {done}{f', {message}' if message else ''}")


async def _answer(
    line: BatchLine, connections: OpenServers, server: str | None, yes: bool, deadline: float, known: list[Tool]
) -> dict[str, Any]:
    from client.call import Consent, ConsentSource, ToolCall
    from client.calls.sent_defaults import arguments_as_sent

    if line.problem:
        return {"error": {"code": "bad_line", "message": line.problem}}
    where = line.server if line.server is not None else server
    if where in connections.problems:
        return {"error": {"code": "bad_server", "message": connections.problems[where]}}
    tool, error = connections.find(line.tool, where)
    if tool is None:
        nothing_sent = {"error": _error(error), "attempts": 0, "seconds": 0.0}
        if error.code == "login_required":
            return {"outcome": "needs_input", "need": "login", **nothing_sent}
        return {"outcome": "failed", **nothing_sent}
    known.append(tool)
    key = line.key or new_key()
    call = ToolCall(str(uuid.uuid4()), tool.server, tool.name, {**tool.defaults, **line.arguments}, key)
    consent = None
    if yes:
        try:
            consent = Consent(str(uuid.uuid4()), call.digest, ConsentSource.OPERATOR, connections.clock.now())
        except (ValueError, TypeError, RecursionError):
            consent = None  # not JSON (NaN): the client says so
    sent = arguments_as_sent(tool, call.arguments)
    added = {name: value for name, value in sent.items() if call.arguments.get(name) != value}
    outcome = await connections.tools.call(call, consent=consent, deadline=deadline)
    return {**shown(outcome), **({"defaults": added} if added else {})}


def shown(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome with the fields that scripts rely on (docs/design.md)."""
    found: dict[str, Any] = {"outcome": outcome.kind}
    if outcome.kind == "succeeded":
        found["result"] = outcome.result
        if outcome.age is not None:
            found["age"] = round(outcome.age, 1)
    else:
        found["error"] = _error(outcome.error)
    if outcome.kind == "needs_input":
        found["need"] = outcome.need.value
        if outcome.schema:
            found["schema"] = dict(outcome.schema)
        if outcome.service:
            found["service"] = outcome.service
    if outcome.kind == "deferred":
        found["expires_at"] = outcome.expires_at
    return {**found, "attempts": outcome.attempts, "seconds": round(outcome.seconds, 4)}


def _error(error: CallError) -> dict[str, Any]:
    sent = {"yes": True, "no": False}.get(error.sent.value)
    found: dict[str, Any] = {"code": error.code, "message": error.message, "sent": sent}
    if error.names:
        found["names"] = list(error.names)
    if error.retry_after is not None:
        found["retry_after"] = error.retry_after
    return found


_HINTS = {
    "consent_missing": " Give --yes to consent.",
    "confirmation_wanted": " The service asks this itself, in the middle of the call; a conversation can answer it.",
}
"""What a person can do if consent is missing."""


def _tell(found: dict[str, Any], label: str, tool: Tool | None) -> None:
    """Print an outcome in the words that a driver would hear; with `--json`, as data."""
    if "defaults" in found:
        complain(f"{label}with the defaults {json.dumps(found['defaults'], ensure_ascii=False)}")
    if "result" in found and tool is not None:
        age = f" (from {found['age']:.0f} s ago)" if "age" in found else ""
        answer(f"{label}{_words_of(found['result'], tool)}{age}")
        return
    kind = found.get("outcome", "not a call").replace("_", " ")
    hint = _HINTS.get(found["error"]["code"], "") if found.get("need") == "consent" else ""
    message = found["error"]["message"]
    if found["error"]["code"] == "tool_error" and tool is not None:
        from assistant.wording.results.failures import cause

        message = cause(message, tool)
    if label:
        answer(f"{label}{kind}: {message}{hint}")
    else:
        complain(f"{kind}: {message}{hint}")


def _words_of(result: Any, tool: Tool) -> str:
    from datetime import datetime, timedelta

    from assistant.wording.replies import result_text
    from assistant.wording.spoken_values import SpokenClock

    here = datetime.now().astimezone()
    return result_text(result, tool, SpokenClock(here.timestamp(), (here.utcoffset() or timedelta()).total_seconds()))
