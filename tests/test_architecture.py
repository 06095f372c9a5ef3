"""What import contracts cannot say: no circle of modules, a sentence in every folder, rooms that fit one picture."""

from __future__ import annotations

import ast
from pathlib import Path

import grimp
import pytest

from docs.generate import rooms

ROOT = Path(__file__).parents[1]
PACKAGES = ("assistant", "voice", "client")
MOST_ROOMS = 16
"""Folders of `assistant` that one picture can show."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False)


@pytest.mark.proves("A.no-circles")
def test_no_module_imports_itself_by_way_of_others_also_not_for_types_alone(graph: grimp.ImportGraph) -> None:
    assert [sorted(circle) for circle in circles(graph)] == []


def test_the_search_for_circles_finds_one() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in (("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")):
        graph.add_import(importer=importer, imported=imported)
    assert [sorted(circle) for circle in circles(graph)] == [["a", "b", "c"]]


@pytest.mark.parametrize(
    "folder", sorted(path.parent for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")), ids=str
)
def test_every_folder_says_in_its_first_line_what_belongs_there(folder: Path) -> None:
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    assert text, f"{folder} has no sentence"


def test_assistant_has_no_more_rooms_than_its_picture_shows() -> None:
    assert len(rooms()) <= MOST_ROOMS, rooms()


def circles(graph: grimp.ImportGraph) -> list[set[str]]:
    """Return the groups of modules that reach each other (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[set[str]] = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        path.append(module)
        for imported in graph.find_modules_directly_imported_by(module):
            if imported not in number:
                visit(imported)
                lowest[module] = min(lowest[module], lowest[imported])
            elif imported in path:
                lowest[module] = min(lowest[module], number[imported])
        if lowest[module] == number[module]:
            circle = set(path[path.index(module) :])
            del path[path.index(module) :]
            if len(circle) > 1:
                found.append(circle)

    for module in sorted(graph.modules):
        if module not in number:
            visit(module)
    return found
