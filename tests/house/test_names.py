"""One name means one thing: no two public classes and no two files of the product share a name."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from tests.house.sources import modules

ROOMS = ("assistant", "client", "voice", "benchmarks")

EVERY_PACKAGE_HAS = {"__init__.py", "__main__.py"}
"""File names that Python itself asks for."""


def _shared(names: list[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def test_no_two_classes_share_a_name() -> None:
    names = [
        node.name
        for _, tree in modules("assistant", "client", "voice")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert len(names) > 500
    assert _shared(names) == []


def test_no_two_files_share_a_name() -> None:
    names = [path.name for room in ROOMS for path in Path(room).rglob("*.py") if path.name not in EVERY_PACKAGE_HAS]
    assert len(names) > 500
    assert _shared(names) == []
