"""Stands between McQueen and a server process, so that no process is left when McQueen dies for any reason.

It is run as a script with `python -I -S`, and imports nothing of McQueen, so that it starts in some 20 ms. It starts
the server in a process group of its own, reports its state on a pipe, and ends the whole group, and on Linux every
process that came from it, when the server ends or when the other end of the lifeline closes. A kernel closes that end
even for a process that was killed with -9. It never touches what the server reads or writes.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
import time

_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
GRACE = 1.5
"""Seconds between SIGTERM and SIGKILL."""


def main(lifeline: int, status: int, parent: int, command: list[str]) -> int:
    """Run the command until it ends or the lifeline closes; return the exit code to end with."""
    _prctl(_CHILD_SUBREAPER, 1)
    _prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    for end in (lifeline, status):
        os.set_inheritable(end, False)  # the server must not hold them open
    waking, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, _remember)
    child = _start(command, status)
    if child is None:
        return 127
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # the server's end of these pipes must close with the server
        os.dup2(nothing, stream)
    if os.getppid() != parent:  # the server died before we asked to be notified
        _ended.append(signal.SIGTERM)
    code = None
    while code is None and signal.SIGTERM not in _ended and signal.SIGINT not in _ended:
        readable, _, _ = select.select([lifeline, waking], [], [])
        if lifeline in readable:
            break
        os.read(waking, 4096)
        code = _reap(child)
    if code is not None:
        _tell(status, f"exited {code}")
    code = _end_all(child, code)
    _tell(status, f"exited {code}")
    return 0


_ended: list[int] = []


def _remember(number: int, _frame: object) -> None:
    _ended.append(number)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _start(command: list[str], status: int) -> int | None:
    """Start the command. Report its process id, or the number of the error that prevented the start."""
    reading, writing = os.pipe()  # closed by exec, so that reading it ends when the command runs
    child = os.fork()
    if child == 0:
        with contextlib.suppress(OSError):
            os.setsid()
        _prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        try:
            os.execvp(command[0], command)  # noqa: S606  # it is the very point: no shell in between
        except OSError as error:
            os.write(writing, str(error.errno or 2).encode())
        os._exit(127)
    os.close(writing)
    trouble = os.read(reading, 16).decode()
    os.close(reading)
    if trouble:
        os.waitpid(child, 0)
        _tell(status, f"failed {trouble}")
        return None
    _tell(status, f"started {child}")
    return child


def _tell(status: int, line: str) -> None:
    with contextlib.suppress(OSError):
        os.write(status, f"{line}\n".encode())


def _reap(child: int) -> int | None:
    """Collect every process that has ended. Return the server's own exit code, or minus the number of the signal that
    killed it."""
    code = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, state = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == child:
                code = os.waitstatus_to_exitcode(state)
    return code


def _end_all(child: int, code: int | None) -> int:
    """End the group and every process that came from it; return the server's own exit code."""
    for number, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, GRACE)):
        until = time.monotonic() + patience
        while True:
            _signal_all(child, number)
            found = _reap(child)
            code = found if found is not None else code
            if not _left(child):
                return code if code is not None else -number
            if time.monotonic() >= until:
                break
            time.sleep(0.02)
    return code if code is not None else -signal.SIGKILL


def _signal_all(child: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, number)
    for pid in _own_children():  # processes that left the group become our children when their parents end
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _own_children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as listed:
            return [int(pid) for pid in listed.read().split()]
    except OSError:
        return []  # not Linux: only the processes of the group are known


def _left(child: int) -> bool:
    try:
        os.killpg(child, 0)
    except (ProcessLookupError, PermissionError):
        return bool(_own_children())
    return True


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
