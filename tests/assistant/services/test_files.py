"""Files below one folder: what is meant is found, nothing outside is reached, and each change can be taken back."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from assistant.hosting.host import Done, Refused
from assistant.services.files.file_service import FileService
from assistant.services.files.folder_tree import FolderTree
from assistant.services.files.kept_listings import SECONDS, KeptListings
from assistant.services.files.trash import FOLDER, KEPT_DAYS, Trash
from tests.assistant.services.service_drives import drive

SECRET = "the neighbour's diary"
NOW = datetime(2026, 11, 20, 17, 40, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of files, and beside it what is nobody's business."""
    outside, inside = tmp_path / "outside", tmp_path / "home"
    outside.mkdir()
    (outside / "diary.txt").write_text(SECRET)
    (tmp_path / "diary.txt").write_text(SECRET)
    (inside / "notes").mkdir(parents=True)
    (inside / "recipes").mkdir()
    (inside / "shopping.txt").write_text("milk\nbread\n")
    (inside / "notes" / "ideas.md").write_text("a shed for the bicycles\n")
    (inside / "notes" / "Garage_Numbers.txt").write_text("Miller 06221 44\n")
    return inside


@pytest.fixture
def files(root: Path) -> FileService:
    return FileService(root, lambda: NOW)


async def done(files: FileService, tool: str, **arguments: Any) -> Done:
    answer = await files.host().call(tool, arguments)
    assert isinstance(answer, Done), answer
    Draft202012Validator(files.host().definitions[tool]["outputSchema"]).validate(answer.result)
    return answer


async def refused(files: FileService, tool: str, **arguments: Any) -> Refused:
    answer = await files.host().call(tool, arguments)
    assert isinstance(answer, Refused), answer
    return answer


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("shopping.txt", "shopping.txt"),
        ("shopping dot txt", "shopping.txt"),
        ("Shopping Dot TXT", "shopping.txt"),
        ("shopping", "shopping.txt"),
        ("shopping punkt txt", "shopping.txt"),
        ("notes slash ideas", "notes/ideas.md"),
        ("notes slash ideas dot md", "notes/ideas.md"),
        ("notes forward slash ideas", "notes/ideas.md"),
        ("notes/ideas.md", "notes/ideas.md"),
        ("./notes/../notes/ideas.md", "notes/ideas.md"),
        ("notes schrägstrich ideas", "notes/ideas.md"),
        ("notes\\ideas.md", "notes/ideas.md"),
        ("ideas", "notes/ideas.md"),
        ("garage numbers", "notes/Garage_Numbers.txt"),
        ("garage underscore numbers dot txt", "notes/Garage_Numbers.txt"),
        ("notes slash garage dash numbers", "notes/Garage_Numbers.txt"),
    ],
)
async def test_a_file_is_found_as_it_is_said(files: FileService, said: str, found: str) -> None:
    assert (await done(files, "read_file", path=said)).result["path"] == found


async def test_the_whole_path_of_a_program_is_taken(files: FileService, root: Path) -> None:
    assert (await done(files, "read_file", path=str(root / "shopping.txt"))).result["path"] == "shopping.txt"


async def test_a_name_with_the_word_dot_is_found_as_it_is_written(files: FileService, root: Path) -> None:
    (root / "dot matrix.txt").write_text("printer\n")
    assert (await done(files, "read_file", path="dot matrix.txt")).text == "dot matrix.txt says: printer"


async def test_what_is_not_there_is_said_with_what_is(files: FileService) -> None:
    answer = await refused(files, "read_file", path="shoping list")
    assert answer.names == ("path",)
    assert "shopping.txt" in answer.alternatives


async def test_two_of_a_name_are_asked_about(files: FileService, root: Path) -> None:
    (root / "shopping.md").write_text("x")
    answer = await refused(files, "read_file", path="shopping")
    assert set(answer.alternatives) == {"shopping.md", "shopping.txt"}
    assert (await done(files, "read_file", path="shopping dot txt")).result["text"] == "milk\nbread"


async def test_folders_are_listed_and_hidden_files_and_links_are_not(files: FileService, root: Path) -> None:
    (root / ".hidden").write_text("x")
    (root / "link").symlink_to(root / "shopping.txt")
    answer = await done(files, "list_files")
    assert answer.text == "There are the folder notes, the folder recipes and shopping.txt."
    assert (await done(files, "list_files", folder="recipes")).text == "recipes is empty."
    assert "is a file" in (await refused(files, "list_files", folder="shopping")).message


async def test_files_are_found_by_name_and_by_text(files: FileService) -> None:
    assert [i["path"] for i in (await done(files, "find_files", words="bicycles")).result["items"]] == [
        "notes/ideas.md"
    ]
    assert [i["path"] for i in (await done(files, "find_files", words="shopping")).result["items"]] == ["shopping.txt"]
    assert (await done(files, "find_files", words="unicorns")).text == "No file mentions unicorns."


async def test_what_is_no_text_is_not_read_aloud(files: FileService, root: Path) -> None:
    (root / "photo.jpg").write_bytes(b"\xff\xd8\xff\0\0")
    assert "is no text" in (await refused(files, "read_file", path="photo.jpg")).message
    os.mkfifo(root / "pipe")
    assert (await refused(files, "read_file", path="pipe")).code == "refused"


# -- nothing outside --

TARGETS = ("outside/diary.txt", "diary.txt", "outside", "outside/new.txt", "outside/sub/new.txt")
WAYS = (
    "../{}", "../../home/../{}", "notes/../../{}", "./../{}", "..//{}", "notes/.././../{}", "..\\{}",
    "notes\\..\\..\\{}",
    "dot dot slash {}", "dot dot slash dot slash {}", "notes slash dot dot slash dot dot slash {}",
    "punkt punkt slash {}",
    "{parent}/{}", "{root}/../{}", "//{parent}/{}", " ../{}", "\"../{}\"", "../{} ", "notes/ .. / .. /{}",
    "dot dot forward slash {}", "way out/{}", "way out slash {}", "notes/way up/{}", "notes slash way up slash {}",
    "a/b/c/../../../../{}", "here/{}", "here/../../{}", "round/{}", "round/round/../../{}", "../home/way out/{}",
    "..\uff0f{}", "\u2025/{}", "~/../{}", "$HOME/../{}", "%2e%2e/{}", "..%2f{}", "file://{parent}/{}", "...//{}",
    ".. /{}", "../home/notes/../../{}",
)  # fmt: skip
HOSTILE = [(way, target) for way, target in itertools.product(WAYS, TARGETS)]


def seen_outside(folder: Path) -> list[tuple[str, bytes | None]]:
    """Return all that is outside of the root, with its content."""
    found = [path for path in folder.rglob("*") if "home" not in path.relative_to(folder).parts]
    return sorted((str(path), path.read_bytes() if path.is_file() else None) for path in found)


def test_there_are_two_hundred_hostile_paths() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) == 200


@pytest.mark.proves("G.files.below")
async def test_no_path_and_no_link_leads_out_of_the_folder(files: FileService, root: Path) -> None:
    outside = root.parent
    (root / "way out").symlink_to(outside)
    (root / "notes" / "way up").symlink_to("../..")
    (root / "here").symlink_to(".")
    (root / "round").symlink_to("round")
    (root / "door.txt").symlink_to(outside / "diary.txt")
    before, escapes = seen_outside(outside), []
    for way, target in [*HOSTILE, ("door.txt", ""), ("door", ""), ("way out", ""), ("way out/diary", "")]:
        path = way.format(target, root=root, parent=outside)
        tries: list[tuple[str, dict[str, Any]]] = [
            ("read_file", {"path": path}),
            ("list_files", {"folder": path}),
            ("write_file", {"path": path, "text": "hello"}),
            ("add_to_file", {"path": path, "text": "hello"}),
            ("move_file", {"path": "shopping.txt", "destination_path": path}),
            ("move_file", {"path": path, "destination_path": "taken.txt"}),
            ("delete_file", {"path": path}),
            ("change_files", {"changes": [{"change": "write", "path": path, "text": "hello"}]}),
        ]
        for tool, arguments in tries:
            answer = await files.host().call(tool, arguments)
            if SECRET in str(answer) or seen_outside(outside) != before:
                escapes.append((tool, path))
            if isinstance(answer, Done) and "entry" in answer.result:  # it went below the root, where it may
                await done(files, "take_back_file_change", entry=answer.result["entry"])
    assert escapes == []
    assert (root / "shopping.txt").read_text() == "milk\nbread\n"


@pytest.mark.proves("G.files.below")
async def test_a_folder_that_becomes_a_link_meanwhile_leads_nowhere(files: FileService, root: Path) -> None:
    (root / "notes").rename(root / "old notes")
    (root / "notes").symlink_to(root.parent / "outside")
    assert SECRET not in str(await refused(files, "read_file", path="notes/diary.txt"))
    await refused(files, "write_file", path="notes/new.txt", text="hello")
    assert not (root.parent / "outside" / "new.txt").exists()


@pytest.mark.proves("G.files.below")
async def test_the_trash_is_no_place_to_name(files: FileService, root: Path) -> None:
    await done(files, "delete_file", path="shopping")
    for path in (FOLDER, f"{FOLDER}/x", FOLDER.upper(), f"notes/../{FOLDER}"):
        await refused(files, "read_file", path=path)
        await refused(files, "delete_file", path=path)
    for entry in ("../../diary", "1/..", "x", "0", "99999999999", "7"):
        await refused(files, "take_back_file_change", entry=entry)


@pytest.mark.proves("G.files.undo")
async def test_each_change_is_told_and_taken_back(files: FileService, root: Path) -> None:
    changes: list[tuple[str, dict[str, Any], str]] = [
        ("write_file", {"path": "todo dot txt", "text": "call the garage"}, "todo.txt is written."),
        ("write_file", {"path": "Shopping dot TXT", "text": "butter"}, "shopping.txt is written anew."),
        ("write_file", {"path": "new slash deep slash one dot txt", "text": "x"}, "new/deep/one.txt is written."),
        ("add_to_file", {"path": "notes slash ideas", "text": "a roof"}, "It is added to notes/ideas.md."),
        ("delete_file", {"path": "shopping dot txt"}, "shopping.txt is deleted."),
        ("delete_file", {"path": "notes"}, "notes is deleted."),
        (
            "move_file",
            {"path": "shopping", "destination_path": "groceries dot txt"},
            "shopping.txt is now groceries.txt.",
        ),
        ("move_file", {"path": "shopping", "destination_path": "notes"}, "shopping.txt is now notes/shopping.txt."),
        ("move_file", {"path": "notes", "destination_path": "old notes"}, "notes is now old notes."),
    ]

    def state() -> dict[str, bytes]:
        found = [path for path in root.rglob("*") if path.is_file() and FOLDER not in str(path)]
        return {str(path.relative_to(root)): path.read_bytes() for path in found}

    before = state()
    for tool, arguments, told in changes:
        answer = await done(files, tool, **arguments)
        assert answer.text == told
        assert state() != before
        await done(files, "take_back_file_change", entry=answer.result["entry"])
        assert state() == before


async def test_what_is_there_is_never_replaced_by_a_move(files: FileService, root: Path) -> None:
    assert "already" in (await refused(files, "move_file", path="shopping", destination_path="notes/ideas.md")).message
    assert "into itself" in (await refused(files, "move_file", path="notes", destination_path="notes/inner")).message
    (root / "notes" / "recipes").mkdir()
    assert (await refused(files, "move_file", path="recipes", destination_path="notes")).code == "refused"


@pytest.mark.proves("G.files.undo")
async def test_taking_back_keeps_what_was_written_since(files: FileService, root: Path) -> None:
    first = await done(files, "write_file", path="shopping.txt", text="butter")
    (root / "shopping.txt").write_text("written by hand\n")
    await done(files, "take_back_file_change", entry=first.result["entry"])
    assert (root / "shopping.txt").read_text() == "milk\nbread\n"
    kept = [path.read_text() for path in (root / FOLDER).glob("*/was")]
    assert kept == ["written by hand\n"]


async def test_a_batch_is_done_as_a_whole_or_not_at_all(files: FileService, root: Path) -> None:
    good = [
        {"change": "write", "path": "a.txt", "text": "one"},
        {"change": "add", "path": "a.txt", "text": "two"},
        {"change": "move", "path": "shopping", "destination_path": "b.txt"},
        {"change": "delete", "path": "notes/ideas.md"},
    ]
    bad = await refused(files, "change_files", changes=[*good, {"change": "delete", "path": "unicorns"}])
    assert bad.message.startswith("Nothing was changed: change 5 cannot be made.")
    assert not (root / "a.txt").exists()
    assert (root / "shopping.txt").exists()
    assert (root / "notes" / "ideas.md").exists()
    answer = await done(files, "change_files", changes=good)
    assert (root / "a.txt").read_text() == "one\ntwo\n"
    await done(files, "take_back_file_change", entry=answer.result["entry"])
    assert not (root / "a.txt").exists()
    assert (root / "notes" / "ideas.md").exists()


def test_old_entries_go_and_no_number_is_given_twice(root: Path) -> None:
    now = [datetime.now(UTC)]
    trash = Trash(FolderTree(root), lambda: now[0])
    first, second = trash.remove(("recipes",)), trash.remove(("shopping.txt",))
    now[0] += timedelta(days=KEPT_DAYS + 1)
    trash.sweep()
    assert [path.name for path in (root / FOLDER).iterdir()] == [second] != [first]
    trash.take_back(second)
    assert int(trash.remove(("shopping.txt",))) > int(second)


WRITER = """\
import sys
from pathlib import Path
from assistant.services.files.folder_tree import FolderTree

tree = FolderTree(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for letter in (b"a", b"b"):
        tree.write(("big.txt",), letter * 500_000)
"""


@pytest.mark.proves("G.files.atomic")
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(root: Path) -> None:
    chance = random.Random(7)
    (root / "big.txt").write_bytes(b"a" * 500_000)
    for _ in range(12):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.0, 0.05))
        writer.send_signal(signal.SIGKILL)
        writer.wait(10)
        writer.stdout.close()
        assert (root / "big.txt").read_bytes() in (b"a" * 500_000, b"b" * 500_000)
    FolderTree(root)
    assert [path.name for path in root.iterdir() if path.name.startswith(".mcqueen-new")] == []


# -- kept answers --


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def counted() -> tuple[list[int], Callable[[], int]]:
    asked = [0]

    def ask() -> int:
        asked[0] += 1
        return asked[0]

    return asked, ask


@pytest.mark.parametrize("operation", list(SECONDS))
async def test_an_answer_is_given_again_as_long_as_its_operation_says(operation: str) -> None:
    clock, (asked, ask) = Clock(), counted()
    kept = KeptListings(clock)
    kept.watching = True
    await kept.get(operation, "x", ask)
    clock.seconds += SECONDS[operation] - 0.1
    assert await kept.get(operation, "x", ask) == 1
    clock.seconds += 0.2
    assert await kept.get(operation, "x", ask) == 2
    assert asked == [2]


async def test_without_a_watcher_nothing_is_kept() -> None:
    kept, (_, ask) = KeptListings(Clock()), counted()
    assert [await kept.get("list", "x", ask), await kept.get("list", "x", ask)] == [1, 2]


async def test_what_changed_while_it_was_asked_is_not_kept() -> None:
    kept = KeptListings(Clock())
    kept.watching = True
    assert await kept.get("list", "x", lambda: kept.forget() or 1) == 1  # type: ignore[func-returns-value]  # it returns None
    assert await kept.get("list", "x", lambda: 2) == 2


@pytest.mark.proves("G.files.watched")
async def test_a_change_by_somebody_else_is_seen_at_the_next_question(files: FileService, root: Path) -> None:
    began = asyncio.Event()
    watching = asyncio.create_task(files.kept.watch(files.root, began))
    try:
        await asyncio.wait_for(began.wait(), 10)
        assert "milk" in (await done(files, "read_file", path="shopping")).text
        (root / "notes" / "x").write_text("not seen by the answer above")
        (root / "shopping.txt").write_text("butter\n")
        until = time.monotonic() + 5
        while "butter" not in (await done(files, "read_file", path="shopping")).text:
            assert time.monotonic() < until, "the old answer is still given"
            await asyncio.sleep(0.01)
        assert "butter" in (await done(files, "read_file", path="shopping")).text
    finally:
        watching.cancel()
        await asyncio.wait([watching])
    assert not files.kept.watching


@pytest.mark.proves("G.files.undo")
def test_a_driver_reads_writes_and_takes_back_by_spoken_paths(root: Path, tmp_path: Path) -> None:
    drive(tmp_path, "files.yaml", "files", ["--root", str(root)])
    assert (root / "todo.txt").read_text() == "wash the car\n"
    assert (root / "shopping.txt").read_text() == "milk\nbread\n"


def test_files_are_read_deleted_and_taken_back_by_voice(root: Path, tmp_path: Path) -> None:
    told = drive(tmp_path, "files-spoken.yaml", "files", ["--root", str(root)], "", "--voice")
    assert "heard" in told
    assert (root / "shopping.txt").read_text() == "milk\nbread\n"
