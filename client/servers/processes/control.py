"""How another process of the same user looks at, starts and stops the servers of a running McQueen.

Each running McQueen listens on a Unix socket, 0600 in a folder of 0700 that belongs to its data folder. A request is
one line of JSON, and so is its answer. It calls no tools and shows no arguments, results or credentials.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import json
import os
import socket
import stat
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from client.servers.processes.process_use import ProcessMeter
from client.servers.processes.supervision import OperatedServer, ServerReport
from client.servers.tool_server import ServerUnavailableError, ToolServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from client.tool_client import ToolClient

_numbers = itertools.count(1)
_LONGEST_REQUEST = 4096
_CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 40.0
"""The longest wait for an answer: a restart ends a stubborn process (6 s) and starts a slow one."""


def control_folder(data_path: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the sockets for that data folder. Its path is short, because socket paths may have only
    about 100 bytes.
    """
    base = environment.get("XDG_RUNTIME_DIR")
    owner = Path(base) / "mcqueen" if base else Path(tempfile.gettempdir()) / f"mcqueen-{os.getuid()}"
    return owner / hashlib.sha256(str(data_path.absolute()).encode()).hexdigest()[:12]


def _prepare(folder: Path) -> None:
    """Make the folder; raise `OSError` if others could reach into it."""
    for one in (folder.parent, folder):
        with contextlib.suppress(FileExistsError):
            one.mkdir(mode=0o700, parents=True)
        found = one.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise PermissionError(f"{one} is not for its owner alone")


def _leave(path: Path) -> None:
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        path.parent.rmdir()  # unless another McQueen listens there


@asynccontextmanager
async def listening(folder: Path, servers: Sequence[ToolServer], tools: ToolClient) -> AsyncIterator[Path]:
    """Listen as long as the context is open; yield the socket's path. Raises `OSError` if that is not possible."""
    _prepare(folder)
    path = folder / f"{os.getpid()}-{next(_numbers)}.sock"
    path.unlink(missing_ok=True)
    held = {server.name: server for server in servers}
    meter = ProcessMeter()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            answer = await _answer(line, held, tools, meter)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError, asyncio.LimitOverrunError):
            pass  # whoever asked is gone, or is no McQueen
        finally:
            writer.close()

    listener = await asyncio.start_unix_server(serve, path, limit=_LONGEST_REQUEST)
    path.chmod(0o600)
    try:
        yield path
    finally:
        listener.close()
        _leave(path)


async def _answer(
    line: bytes, servers: Mapping[str, ToolServer], tools: ToolClient, meter: ProcessMeter
) -> dict[str, Any]:
    request = json.loads(line)
    what, name = (request.get("do"), request.get("name")) if isinstance(request, dict) else (None, None)
    if what == "list":
        found = await asyncio.to_thread(_with_uses, _states(servers, tools), meter)
        return {"ok": True, "mcqueen": os.getpid(), "servers": found}
    if what == "save":
        await asyncio.gather(*(one.save() for one in servers.values() if isinstance(one, OperatedServer)))
        return {"ok": True}
    if what == "approve":
        return {"ok": await tools.approve(str(name), str(request.get("tool")))}
    server = servers.get(str(name))
    if server is None:
        return {"ok": False, "message": f"this McQueen did not have {name} when it started"}
    if not isinstance(server, OperatedServer) or what not in ("start", "stop", "restart"):
        return {"ok": False, "message": f"{name} has no process of its own"}
    try:
        await {"start": server.start, "stop": server.stop, "restart": server.restart}[what]()
    except ServerUnavailableError as error:
        return {"ok": False, "message": str(error)}
    return {"ok": True, "report": report_as_json(server.report())}


def _states(servers: Mapping[str, ToolServer], tools: ToolClient) -> list[dict[str, Any]]:
    held: dict[str, int] = {}
    for tool in tools.held:
        held[tool.server] = held.get(tool.server, 0) + 1
    found = []
    for state in tools.server_states():
        server = servers.get(state.name)
        one: dict[str, Any] = {
            "name": state.name,
            "healthy": state.healthy,
            "detail": state.detail,
            "tools": state.tools,
            "held": held.get(state.name, 0),
        }
        if isinstance(server, OperatedServer):
            one |= report_as_json(server.report())
        found.append(one)
    return found


def _with_uses(states: list[dict[str, Any]], meter: ProcessMeter) -> list[dict[str, Any]]:
    """Return the states with what their processes use: cpu (1 is one processor), memory (bytes), openFiles."""
    for one in states:
        use = meter.look_at_all(one.get("pids", ()))
        if use is not None:
            one |= {"cpu": round(use.cpu, 4), "memory": use.memory, "openFiles": use.open_files}
    return states


def report_as_json(report: ServerReport) -> dict[str, Any]:
    """Return a report with the names of contracts section 2; uptime in seconds, execution times in milliseconds."""
    return {
        "status": report.status.value,
        "detail": report.detail,
        "pid": report.pid,
        "pids": [*report.pids],
        "uptime": round(report.uptime, 3),
        "restarts": report.restarts,
        "lastCheck": report.last_check,
        "totalCalls": report.counts.calls,
        "averageExecutionTime": round(report.counts.average * 1000, 1),
        "totalExecutionTime": round(report.counts.seconds * 1000, 1),
    }


def ask_all(folder: Path, request: Mapping[str, Any], seconds: float = ANSWER_SECONDS) -> list[dict[str, Any]]:
    """Ask every McQueen that runs on that data folder, and return their answers. Blocks; sockets of dead ones are
    removed.
    """
    answers = []
    for path in sorted(folder.glob("*.sock")) if folder.is_dir() else []:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            try:
                connection.settimeout(_CONNECT_SECONDS)
                connection.connect(str(path))
                connection.settimeout(seconds)
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile("rb") as reader:
                    answers.append(json.loads(reader.readline()))
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)  # it was killed
            except (OSError, ValueError):
                answers.append({"ok": False, "message": f"McQueen {path.stem} does not answer"})
    return answers
