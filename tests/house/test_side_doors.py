"""Parts are asked only what their types declare: an attribute that may be missing is a misspelling that nobody sees."""

from __future__ import annotations

import ast

from tests.house.sources import modules

DOORS = frozenset({"getattr", "hasattr", "setattr", "delattr"})
HOOKS = frozenset({"__getattr__", "__getattribute__", "__setattr__"})


def _side_doors(tree: ast.AST) -> list[int]:
    """Return the lines that look for an attribute by its name, or answer for any attribute."""
    lines: list[int] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in DOORS:
                lines.append(node.lineno)
            case ast.FunctionDef(name=name) if name in HOOKS:
                lines.append(node.lineno)
            case ast.Name(id="runtime_checkable") | ast.Attribute(attr="runtime_checkable"):
                lines.append(node.lineno)
            case _:
                continue
    return sorted(lines)


def test_no_part_is_asked_for_what_its_type_does_not_declare() -> None:
    found = [f"{path}:{line}" for path, tree in modules("assistant", "client", "voice") for line in _side_doors(tree)]
    assert found == []


def test_each_kind_of_side_door_is_found() -> None:
    code = "getattr(a, 'b', 0)\nhasattr(a, 'b')\ndef __getattr__(self, name): ...\n@runtime_checkable\nclass A: ..."
    assert _side_doors(ast.parse(code)) == [1, 2, 3, 4]
