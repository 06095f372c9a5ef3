"""The audit log on disk: whole after many processes and rotations, and whatever is changed in it is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.serving.state.audit_file import AuditFile, verify_audit

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from pathlib import Path
from assistant.serving.state.audit_file import AuditFile
file = AuditFile(Path(sys.argv[1]), largest=4000, kept=500)
for number in range(100):
    file.append({"event": "execute", "user_id": sys.argv[2], "number": number})
"""


def _written(folder: Path, rows: int = 5) -> Path:
    path = folder / "audit.jsonl"
    file = AuditFile(path)
    for number in range(rows):
        file.append({"event": "execute", "user_id": "ann", "number": number, "text": "Müller"})
    file.close()
    return path


@pytest.mark.proves("G.audit")
def test_rows_follow_each_other_over_several_openings(tmp_path: Path) -> None:
    _written(tmp_path)
    path = _written(tmp_path)
    found = verify_audit(path)
    assert (found.rows, found.broken) == (10, "")
    assert path.stat().st_mode & 0o077 == 0
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row["sequence"] for row in rows] == list(range(1, 11))


def _changed(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace("ann", "tom"), *lines[2:]]


@pytest.mark.proves("G.audit")
@pytest.mark.parametrize(
    "change",
    [
        _changed,
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: lines[:-1],
        lambda lines: [],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines[:2], "not a row\n", *lines[2:]],
        lambda lines: [*lines[:2], '{"event": "forged"}\n', *lines[2:]],
        lambda lines: [*lines[:-1], lines[-1][:20]],
    ],
)
def test_a_row_that_was_changed_taken_out_added_or_cut_off_is_found(
    tmp_path: Path, change: Callable[[list[str]], list[str]]
) -> None:
    path = _written(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(change(lines)), encoding="utf-8")
    assert verify_audit(path).broken


@pytest.mark.proves("G.audit")
def test_several_processes_write_one_chain_over_many_files(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], cwd=ROOT) for name in ("ann", "tom", "eve")
    ]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert verify_audit(path).broken == ""
    assert verify_audit(path).rows == 300
    texts = [file.read_text(encoding="utf-8") for file in tmp_path.glob("audit.jsonl*") if file.suffix != ".end"]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    wanted = {(name, number) for name in ("ann", "tom", "eve") for number in range(100)}
    assert {(row["user_id"], row["number"]) for row in rows} == wanted
    assert len(list(tmp_path.glob("audit.jsonl.[0-9]*"))) > 3


@pytest.mark.proves("G.audit")
def test_files_beyond_those_kept_go_and_the_rest_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    file = AuditFile(path, largest=1000, kept=2)
    for number in range(60):
        file.append({"event": "execute", "number": number})
    file.close()
    assert sorted(found.name for found in tmp_path.iterdir()) == [
        "audit.jsonl", "audit.jsonl.1", "audit.jsonl.2", "audit.jsonl.end",
    ]  # fmt: skip
    found = verify_audit(path)
    assert found.broken == ""
    assert 0 < found.rows < 60


def test_a_log_from_before_the_chain_and_a_row_written_just_before_a_crash_are_gone_on_from(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text('{"event": "login"}\n', encoding="utf-8")
    _written(tmp_path, 2)
    end = path.with_name("audit.jsonl.end")
    before = end.read_bytes()
    _written(tmp_path, 1)
    end.write_bytes(before)  # as if the process had died between the row and the end
    _written(tmp_path, 1)
    found = verify_audit(path)
    assert (found.rows, found.broken) == (4, "")
