#!/usr/bin/env bash
# SQLite 3.54.1 in WAL mode: a COMMIT that fails with an input/output error, because the operating system
# could not flush the log, leaves its whole transaction in the log. The connection that got the error does not
# see the row; but if the process stops before it writes again, the next one recovers the log and sees it.
# A program that tells its user "not saved", and saves again after a restart, has it twice. The failed flush is
# simulated by a VFS of apsw that reports an error once.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check apsw==3.54.1.0
"$folder/venv/bin/python" - "$folder/rows.db" <<'PY'
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import apsw

fail_next_flush = False


class File(apsw.VFSFile):
    def xSync(self, flags: int) -> None:
        global fail_next_flush
        if fail_next_flush:
            fail_next_flush = False
            raise apsw.IOError("flush")
        super().xSync(flags)


class Disk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("disk", "")

    def xOpen(self, name, flags):
        return File("", name, flags)


def rows(connection: apsw.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT name FROM rows")]


disk = Disk()
print("apsw", version("apsw"), "with SQLite", apsw.sqlite_lib_version())
first = apsw.Connection(sys.argv[1], vfs="disk")
first.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
first.execute("CREATE TABLE rows (name TEXT)")
first.execute("BEGIN IMMEDIATE; INSERT INTO rows VALUES ('booking')")
fail_next_flush = True
try:
    first.execute("COMMIT")
    answer = "no error"
except apsw.Error as error:
    answer = type(error).__name__
if first.in_transaction:
    first.execute("ROLLBACK")
before = rows(first)
print("COMMIT answers:", answer, "| the first connection sees:", before)
process = Path(sys.argv[1])
restarted = process.with_name("restarted.db")
for end in ("", "-wal"):  # what a process that ends now leaves behind; the index in shared memory is lost
    shutil.copy(f"{process}{end}", f"{restarted}{end}")
after = rows(apsw.Connection(str(restarted)))
print("a program that is started after a stop of the first one sees:", after)
same = answer == "IOError" and before == [] and after == ["booking"]
sys.exit(0 if same else "The behaviour has changed.")
PY
