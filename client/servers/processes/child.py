"""One server process and its pipes: started by the launcher, watched, read line by line, and reliably ended.

Of MCP it knows only that a message is one line. It never restarts a process and never judges an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import select
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import mcp_types as types
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

from client.call import Sent
from client.deep_json import read_json
from client.http import DEFAULT_BODY_LIMIT, FAULT_CODE, Fault
from client.servers.tool_server import FailureKind

_LAUNCHER = Path(__file__).with_name("launcher.py")
_CHUNK = 1 << 16
_HEAD = 4096
_GRACE = 1.5
"""Seconds that a server has to end by itself after its stdin is closed."""
_LAUNCHER_SECONDS = 4.0
"""The longest that the launcher takes to end all processes: SIGTERM, 1.5 s, SIGKILL, 1.5 s."""
_REAP_SECONDS = 1.0
_MOST_BRACES = 8
"""How many braces of a line are tried as the start of a message, if text stands before it."""
_FIRST_JUNK = 5
"""How many invalid lines in a row are logged one by one. Of further lines, only the number is logged."""
MOST_JUNK = 10_000
"""Invalid lines in a row after which the process counts as no MCP server and is ended."""
_ID = re.compile(r'\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+|"[^"\\]{0,200}")')
"""The id of an answer at the beginning of the line, as every SDK writes it."""


class Child:
    """A running server process. Start it with `await Child.start(...)`; end it with `await stop()`."""

    def __init__(self, process: asyncio.subprocess.Process, lifeline: int, limit: int) -> None:
        self.pid: int | None = None
        self.exit_code: int | None = None
        """Its exit code, or minus the signal that ended it; None while it runs."""
        self.ended = asyncio.Event()
        self.over = False
        """Whether it is being stopped, so that its end is no crash."""
        self._process = process
        self._lifeline: int | None = lifeline
        self._limit = limit
        self._told: asyncio.Task[None] | None = None
        self._started: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def start(
        cls,
        command: str,
        args: Sequence[str],
        env: Mapping[str, str],
        cwd: Path | None,
        stderr: int,
        *,
        limit: int = DEFAULT_BODY_LIMIT,
    ) -> Child:
        """Start it with exactly that environment; `stderr` is a descriptor. Raises `OSError` if it cannot start."""
        if cwd is not None and not cwd.is_dir():  # noqa: ASYNC240  # one look at a local folder
            raise OSError(errno.ENOENT, "its folder does not exist", str(cwd))
        reading, lifeline = os.pipe()
        told, telling = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_LAUNCHER), str(reading), str(telling), str(os.getpid())),
                *(command, *args),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                env=dict(env),
                cwd=cwd,
                pass_fds=(reading, telling),
                start_new_session=True,
            )
        except BaseException:
            os.close(lifeline)
            os.close(told)
            raise
        finally:
            os.close(reading)
            os.close(telling)
        child = cls(process, lifeline, limit)
        child._told = asyncio.create_task(child._listen(told), name=f"state of {command}")
        try:
            await asyncio.shield(child._started)
        except BaseException:
            await child.stop()
            raise
        return child

    @property
    def alive(self) -> bool:
        """Whether it runs according to the kernel, which may notice its end before we do."""
        if self.ended.is_set():
            return False
        stdin = self._process.stdin
        pipe = stdin.transport.get_extra_info("pipe") if stdin is not None else None
        if pipe is None or stdin is None or stdin.is_closing():
            return False
        poll = select.poll()
        poll.register(pipe.fileno(), 0)
        return not poll.poll(0)  # the other end of its stdin is closed

    async def _listen(self, told: int) -> None:
        """Receive the launcher's reports about the process."""
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(told, "rb", buffering=0)
        )
        try:
            while line := await reader.readline():
                what, _, number = line.decode().strip().partition(" ")
                if what == "started":
                    self.pid = int(number)
                    self._settle(None)
                elif what == "failed":
                    self._settle(OSError(int(number), os.strerror(int(number))))
                elif self.exit_code is None:
                    self.exit_code = int(number)
                    self.ended.set()
        finally:
            transport.close()
            self._settle(OSError(errno.ECHILD, "its launcher ended at once"))
            self.ended.set()

    def _settle(self, error: OSError | None) -> None:
        if not self._started.done():
            if error is None:
                self._started.set_result(None)
            else:
                self._started.set_exception(error)

    async def write(self, line: bytes) -> None:
        """Write one message. Raises `OSError` if the process is gone."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(line + b"\n")
        await stdin.drain()

    async def lines(self, note: Callable[[str], None]) -> AsyncIterator[str | types.JSONRPCError]:
        """Yield the lines of its stdout. For a line over the limit, yield the error that answers its request, if it has
        an id.

        The limit bounds memory, whatever the process writes.
        """
        stdout = self._process.stdout
        assert stdout is not None
        buffer, dropped = bytearray(), False
        while chunk := await stdout.read(_CHUNK):
            *whole, rest = chunk.split(b"\n")
            for part in whole:
                buffer += part
                if not dropped and len(buffer) <= self._limit:
                    yield buffer.decode("utf-8", errors="replace")
                else:
                    note(f"a line of more than {self._limit} bytes on stdout was left out")
                    answer = _too_large(bytes(buffer[:_HEAD]))
                    if answer is not None:
                        yield answer
                buffer, dropped = bytearray(), False
            buffer += rest
            if dropped or len(buffer) > self._limit:
                del buffer[_HEAD:]
                dropped = True

    async def drain(self) -> None:
        """Read and drop the rest of its stdout, so that a full pipe does not block it."""
        stdout = self._process.stdout
        assert stdout is not None
        with contextlib.suppress(OSError):
            while await stdout.read(_CHUNK):
                pass

    def cut(self) -> None:
        """Have the launcher end everything, without waiting."""
        lifeline, self._lifeline = self._lifeline, None
        if lifeline is not None:
            os.close(lifeline)

    async def stop(self) -> None:
        """Close its stdin, then send SIGTERM, then SIGKILL, to it and to what it started; at most 6 seconds."""
        self.over = True
        try:
            stdin = self._process.stdin
            if stdin is not None:
                stdin.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GRACE):
                    await self.ended.wait()
        finally:
            self.cut()
        # The launcher ends last, and its end closes this pipe. The process object itself would wait for all pipes.
        assert self._told is not None
        try:
            _, late = await asyncio.wait({self._told}, timeout=_LAUNCHER_SECONDS)
            if late:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
        finally:
            self._told.cancel()
            await self._reap()

    async def _reap(self) -> None:
        """Collect the launcher and close our ends of the pipes; a grandchild may hold the other ends."""
        transport = self._process._transport  # type: ignore[attr-defined]  # nothing public closes single pipes
        for number in (0, 1):
            if (pipe := transport.get_pipe_transport(number)) is not None:
                pipe.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REAP_SECONDS):
                await self._process.wait()
        transport.close()


def _too_large(head: bytes) -> types.JSONRPCError | None:
    found = _ID.match(head.decode("utf-8", errors="replace"))
    if found is None:
        return None
    number = found.group(1)
    fault = Fault(FailureKind.ANSWER_LOST, "answer_too_large", Sent.YES)
    return types.JSONRPCError(
        jsonrpc="2.0",
        id=number.strip('"') if number.startswith('"') else int(number),
        error=types.ErrorData(code=FAULT_CODE, message=fault.code, data=fault.data()),
    )


Incoming = MemoryObjectReceiveStream[SessionMessage | Exception]
Outgoing = MemoryObjectSendStream[SessionMessage]


@asynccontextmanager
async def message_streams(child: Child, note: Callable[[str], None]) -> AsyncIterator[tuple[Incoming, Outgoing]]:
    """Connect the process to the SDK's session; leaving the context stops the process. `note` is called with each
    dropped line."""
    to_session, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    outgoing, from_session = anyio.create_memory_object_stream[SessionMessage](0)
    gone = (anyio.ClosedResourceError, anyio.BrokenResourceError)

    async def read() -> None:
        with contextlib.suppress(*gone, OSError):
            async with to_session:
                async for message in _messages(child, note):
                    await to_session.send(SessionMessage(message))
        await child.drain()

    async def write() -> None:
        try:
            async with from_session:
                async for message in from_session:
                    line = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                    await child.write(line.encode("utf-8", errors="replace"))
        except (*gone, OSError):
            await to_session.aclose()  # the session sees the end instead of a request that hangs

    pumps = [asyncio.create_task(read(), name="stdout"), asyncio.create_task(write(), name="stdin")]
    try:
        yield incoming, outgoing
    finally:
        incoming.close()
        outgoing.close()
        try:
            await child.stop()
        finally:
            child.cut()
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)
            for stream in (to_session, from_session):
                stream.close()


def _read(line: str) -> types.JSONRPCMessage | None:
    """Return the message of a line, or None. A byte order mark is ignored.

    Text without a line end may stand before an answer: the answer starts at one of the first braces. A request after
    such text is more likely a log of what we sent, and is left out.
    """
    with contextlib.suppress(ValueError):
        return _message(line.lstrip("\ufeff"))
    start = 0
    for _ in range(_MOST_BRACES):
        start = line.find("{", start + 1)
        if start < 0:
            break
        with contextlib.suppress(ValueError):
            found = _message(line[start:])
            return found if isinstance(found, types.JSONRPCResponse | types.JSONRPCError) else None
    return None


def _message(text: str) -> types.JSONRPCMessage:
    return types.jsonrpc_message_adapter.validate_python(read_json(text), by_name=False)


async def _messages(child: Child, note: Callable[[str], None]) -> AsyncIterator[types.JSONRPCMessage]:
    """Yield the messages. Other lines are noted and dropped. If a process writes nothing else, it is ended."""
    junk = 0
    async for line in child.lines(note):
        if isinstance(line, types.JSONRPCError):
            yield line
            continue
        message = _read(line)
        if message is None:
            if line.strip():
                junk += 1
                if junk <= _FIRST_JUNK:
                    note(f"not a message of MCP on stdout: {line[:200]}")
                elif junk >= MOST_JUNK:
                    note(f"{junk} lines in a row on stdout were no messages of MCP; it is ended")
                    child.cut()
                    return
            continue
        junk = 0
        yield message
