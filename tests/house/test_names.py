"""One name means one thing: two public classes of the product share a name only where that is still to be mended."""

from __future__ import annotations

import ast
from collections import Counter

from tests.house.sources import modules

STILL_SHARED = 34
"""Names that more than one class has. Lower it whenever one is mended, and never raise it."""


def _class_names() -> Counter[str]:
    return Counter(
        node.name
        for _, tree in modules("assistant", "client", "voice")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def test_what_the_driver_said_and_where_something_is_have_one_class_each() -> None:
    names = _class_names()
    assert names["Heard"] == 1
    assert names["Place"] <= 1


def test_no_further_name_is_shared() -> None:
    shared = sorted(name for name, count in _class_names().items() if count > 1)
    assert len(shared) <= STILL_SHARED, f"shared are {', '.join(shared)}"
