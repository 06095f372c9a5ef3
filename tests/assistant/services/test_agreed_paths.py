"""What is agreed to is what is written: a path is changed as it was read back, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.services.files.file_service import FileService
from tests.assistant.services.test_files import NOW, done, refused


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "recipes").mkdir()
    (tmp_path / "shopping.txt").write_text("milk\n")
    (tmp_path / "notes" / "ideas.md").write_text("a shed\n")
    (tmp_path / "notes" / "Garage_Numbers.txt").write_text("Miller 06221 44\n")
    return tmp_path


@pytest.fixture
def files(root: Path) -> FileService:
    return FileService(root, lambda: NOW)


def texts_below(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("tool", "arguments", "offered"),
    [
        ("write_file", {"path": "shopping", "text": "x"}, "shopping.txt"),
        ("move_file", {"path": "recipes", "destination_path": "shopping"}, "shopping.txt"),
        ("delete_file", {"path": "ideas"}, "notes/ideas.md"),
        ("add_to_file", {"path": "garage numbers", "text": "x"}, "notes/Garage_Numbers.txt"),
        ("move_file", {"path": "ideas", "destination_path": "plans.md"}, "notes/ideas.md"),
    ],
)
async def test_only_the_path_that_was_agreed_to_is_changed_and_the_one_that_is_there_is_offered(
    files: FileService, root: Path, tool: str, arguments: dict[str, Any], offered: str
) -> None:
    before = texts_below(root)
    answer = await refused(files, tool, **arguments)
    assert list(answer.alternatives) == [offered]
    assert texts_below(root) == before


@pytest.mark.parametrize(
    "path", ["called.dot/secrets", "a-dot-b.txt", "slash.txt", "dash/cam.txt", "x.dot", "my.dot.txt"]
)
async def test_a_written_path_is_written_as_it_is_whatever_words_it_holds(
    files: FileService, root: Path, path: str
) -> None:
    assert (await done(files, "write_file", path=path, text="x")).result["path"] == path
    assert (root / path).read_text() == "x\n"
