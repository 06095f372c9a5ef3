"""A child process that is started once and answers requests one at a time, so that the event loop never blocks.

It does not know the computation: the child imports one function by name. Never used for untrusted peers.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

START = "start"
"""The request that only prepares the child."""
_CHILD = "from voice.worker_process import serve; serve()"


class WorkerDiedError(Exception):
    """The child process ended before it answered."""


class WorkerProcess:
    """One child. It answers requests in order; the next request restarts a child that died."""

    def __init__(self, handler: str, **settings: Any) -> None:
        """`handler` is `module:function`; the child calls it once with the settings and gets its answering function."""
        self._handler = handler
        self._settings = settings
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=handler)
        self._process: subprocess.Popen[bytes] | None = None
        self._to_child: Connection | None = None
        self._from_child: Connection | None = None
        self._lock = threading.Lock()
        self._closed = False

    @property
    def process_id(self) -> int | None:
        """The child process, or None while there is none."""
        return self._process.pid if self._process is not None else None

    async def ask(self, request: Any) -> Any:
        """Return the child's answer. Raises what the child raised, or `WorkerDiedError`."""
        return await asyncio.wrap_future(self._thread.submit(self._exchange, request))

    def start(self) -> None:
        """Start the child and have it import what it needs, without waiting for it."""
        self.tell(START)

    def tell(self, request: Any) -> None:
        """Send the request without waiting; the answer and errors are dropped."""
        if not self._closed:
            self._thread.submit(self._exchange, request)

    def _exchange(self, request: Any) -> Any:
        if self._closed:
            raise WorkerDiedError("it was closed")
        if self._process is None or self._process.poll() is not None:
            self._start()
        assert self._to_child is not None
        assert self._from_child is not None
        try:
            self._to_child.send(request)
            failed, answer = self._from_child.recv()
        except (EOFError, OSError) as error:
            self._end()
            raise WorkerDiedError(f"the process for {self._handler} ended: {error!r}") from error
        if failed:
            raise answer
        return answer

    def _start(self) -> None:
        with self._lock:
            if self._closed:
                raise WorkerDiedError("it was closed")
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own code
                [sys.executable, "-c", _CHILD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
            )
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            # Duplicates, because a Connection closes its file descriptor and so does Popen.
            self._to_child = Connection(os.dup(self._process.stdin.fileno()), readable=False)
            self._from_child = Connection(os.dup(self._process.stdout.fileno()), writable=False)
            self._process.stdin.close()
            self._process.stdout.close()
            self._to_child.send((self._handler, self._settings))

    def _end(self) -> None:
        with self._lock:
            for connection in (self._to_child, self._from_child):
                if connection is not None:
                    connection.close()
            if self._process is not None:
                self._process.kill()
                self._process.wait()
            self._process = self._to_child = self._from_child = None

    async def close(self) -> None:
        """End the child, even during work; idempotent."""
        self._closed = True
        with self._lock:
            if self._process is not None:
                self._process.kill()
        await asyncio.get_running_loop().run_in_executor(None, self._finish)

    def _finish(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._end()


def serve() -> None:
    """Answer requests until the parent is gone. Runs in the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; it closes us
    incoming = Connection(os.dup(0), writable=False)
    outgoing = Connection(os.dup(1), readable=False)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # printing must not write into the pipe
    with contextlib.suppress(EOFError, BrokenPipeError):
        name, settings = incoming.recv()
        module, _, function = name.partition(":")
        answer: Callable[[Any], Any] | None = None
        while True:
            request = incoming.recv()
            try:
                if answer is None:
                    answer = vars(importlib.import_module(module))[function](**settings)
                reply = (False, None if request == START else answer(request))
            except Exception as error:  # noqa: BLE001  # the one loop of this process: the parent decides
                reply = (True, error)
            outgoing.send(reply)
