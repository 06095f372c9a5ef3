"""A real PostgreSQL for tests: a cluster in a folder of its own, reached over a socket file only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FAST = "fsync = off\nlisten_addresses = ''\nshared_buffers = 16MB\nmax_connections = 60\n"


def _program(name: str) -> str:
    found = shutil.which(name)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if found is None and not places:
        pytest.skip("PostgreSQL is missing; it comes with: apt install postgresql")
    return found or str(places[0])


class Cluster:
    """A running cluster. PostgreSQL refuses to run as root, so it runs as `postgres` then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(folder, "postgres", "postgres")
        data = str(folder / "data")
        self._run(_program("initdb"), "-D", data, "-U", "mcqueen", "-A", "trust", "--no-sync", "-E", "UTF8")
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(_FAST)
        self._ctl = (_program("pg_ctl"), "-D", data, "-l", str(folder / "log"), "-w")

    def url(self, name: str) -> str:
        """Make a database of that name, and return its address."""
        self._run(_program("createdb"), "-h", str(self.folder), "-U", "mcqueen", name)
        return f"postgresql://mcqueen@/{name}?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._run(*self._ctl, "-o", f"-k {self.folder}", "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it; `immediate` is like a crash."""
        self._run(*self._ctl, "-m", how, "stop")

    def freeze(self, *, still: bool) -> None:
        """Let all of its processes stand still, or go on."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        for path in Path("/proc").glob("[0-9]*/stat"):
            fields = path.read_text().rpartition(")")[2].split()
            if int(path.parent.name) == first or int(fields[1]) == first:
                os.kill(int(path.parent.name), signal.SIGSTOP if still else signal.SIGCONT)

    def _run(self, *command: str) -> None:
        subprocess.run([*self._as, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a cluster until the block ends. Its folder has a short name, because that of a socket may not be long."""
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        made = Cluster(Path(name))
        made.start()
        try:
            yield made
        finally:
            made.stop()
