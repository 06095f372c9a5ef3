"""What catches every error says why on its line, unless it only tidies up and raises the error again."""

from __future__ import annotations

import ast

import pytest

from tests.house.sources import ROOT, modules

BROAD = frozenset({"Exception", "BaseException"})


def _broad(tree: ast.AST) -> list[int]:
    """Return the lines of handlers that take any error and keep it."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or any(isinstance(each, ast.Name) and each.id in BROAD for each in ast.walk(node.type))
        if not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    ]


def _gives_a_reason(line: str) -> bool:
    comments = [part.strip() for part in line.split("#")[1:]]
    return any(len(part.split()) > 3 and not part.startswith("noqa") for part in comments)


def test_what_catches_every_error_says_why() -> None:
    found: list[str] = []
    for path, tree in modules("assistant", "client", "voice"):
        text = (ROOT / path).read_text(encoding="utf-8").splitlines()
        found += [f"{path}:{line}" for line in _broad(tree) if not _gives_a_reason(text[line - 1])]
    assert found == []


@pytest.mark.parametrize("caught", ["", " Exception", " BaseException as error", " (OSError, Exception)"])
@pytest.mark.parametrize("then", ["pass", "note()", "raise Other() from None", "note()\n    raise Other()"])
def test_a_handler_that_keeps_any_error_is_found(caught: str, then: str) -> None:
    assert _broad(ast.parse(f"try:\n    work()\nexcept{caught}:\n    {then}")) == [3]


@pytest.mark.parametrize("code", ["except OSError:\n    note()", "except BaseException:\n    tidy()\n    raise"])
def test_a_narrow_handler_and_one_that_raises_again_need_no_reason(code: str) -> None:
    assert _broad(ast.parse(f"try:\n    work()\n{code}")) == []


def test_a_code_for_the_linter_is_no_reason() -> None:
    assert not _gives_a_reason("except Exception:  # noqa: BLE001")
    assert _gives_a_reason("except Exception:  # noqa: BLE001  # keeps the loop alive whatever comes")
