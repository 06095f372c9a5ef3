"""Paths and names of files: what is typed or said is the value, and no word before it becomes a part of it."""

from __future__ import annotations

import pytest

from assistant.services.files import file_tools
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

NOW = Context(now=1.795e9)


@pytest.fixture(scope="module")
def files() -> Interpreter:
    tools = [
        file_tools.LIST_FILES, file_tools.READ_FILE, file_tools.FIND_FILES, file_tools.WRITE_FILE,
        file_tools.ADD_TO_FILE, file_tools.DELETE_FILE, file_tools.MOVE_FILE,
    ]  # fmt: skip
    return Interpreter(Catalog(tuple(read_tools(list(tools), server="files", trusted=True).tools)))


@pytest.mark.parametrize(
    "path",
    ["shopping.txt", "notes/ideas.md", "Garage_Numbers.txt", "./notes/ideas.md", "report_26-v1.2.txt", "a/b/c.md"],
)
@pytest.mark.parametrize(
    ("form", "tool"),
    [
        ("read the file {}", "read_file"), ("what does {} say", "read_file"), ("delete the file {}", "delete_file"),
        ("write the file {} saying buy milk", "write_file"), ("add buy milk to the file {}", "add_to_file"),
        ("rename the file {} to other.txt", "move_file"),
    ],
)  # fmt: skip
def test_a_typed_path_is_taken_as_it_is(files: Interpreter, form: str, tool: str, path: str) -> None:
    best = files.read([form.format(path)], NOW).interpretations[0]
    assert (best.tool, best.arguments["path"]) == (f"files.{tool}", path)
    assert best.missing == ()


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("create a file called dot dot slash secrets saying hello", "../secrets"),
        ("write the file dot dot slash notes dot txt saying hello", "../notes.txt"),
        ("write a file named dot slash todo dot txt saying hello", "./todo.txt"),
        ("write the file notes slash ideas dot md saying hello", "notes/ideas.md"),
        ("write the file notes forward slash ideas dot md saying hello", "notes/ideas.md"),
        ("create a file called shopping list dot txt saying hello", "shopping list.txt"),
        ("write the file invoices saying hello", "invoices"),
        ('write the file "my list.txt" saying hello', "my list.txt"),
    ],
)
def test_a_spoken_path_has_the_signs_that_were_said_and_no_word_before_it(
    files: Interpreter, said: str, path: str
) -> None:
    best = files.read([said], NOW).interpretations[0]
    assert (best.tool, best.arguments) == ("files.write_file", {"path": path, "text": "hello"})


@pytest.mark.parametrize("folder", ["ideas", "garden", "old letters", "work", "notes/old"])
@pytest.mark.parametrize(
    "form", ["list the files in {}", "what files are in {}", "show the files in {}", "list the files in the folder {}"]
)
def test_the_files_of_a_folder_are_those_of_the_folder_that_is_named(
    files: Interpreter, form: str, folder: str
) -> None:
    best = files.read([form.format(folder)], NOW).interpretations[0]
    assert (best.tool, best.arguments) == ("files.list_files", {"folder": folder})


@pytest.mark.parametrize("said", ["list my files", "what files do i have"])
def test_without_a_folder_all_files_are_meant(files: Interpreter, said: str) -> None:
    best = files.read([said], NOW).interpretations[0]
    assert (best.tool, best.arguments) == ("files.list_files", {})
