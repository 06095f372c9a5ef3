"""A file is read at a sitting and a function at a glance: 400 lines and 50 lines, here and in tests alike."""

from __future__ import annotations

import ast

from tests.house.sources import ROOT, modules

ROOMS = ("assistant", "client", "voice", "tests", "benchmarks", "docs")
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
"""From `def` to its last line, docstring and signature included; decorators, which declare a command, are not."""


def _long_functions(tree: ast.Module) -> list[str]:
    """Return the functions over the limit, each with its lines."""
    return [
        f"{node.name}: {lines}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]


def test_no_file_is_too_long_to_read() -> None:
    lengths = {path: (ROOT / path).read_bytes().count(b"\n") for path, _ in modules(*ROOMS)}
    assert len(lengths) > 900
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_too_long_to_see() -> None:
    found = [f"{path} {function}" for path, tree in modules(*ROOMS) for function in _long_functions(tree)]
    assert found == []


def test_a_function_over_the_limit_is_found_with_its_docstring_counted_and_its_decorators_not() -> None:
    def source(lines: int) -> ast.Module:
        body = ['    """Says what it does."""', *["    pass"] * (lines - 2)]
        return ast.parse("\n".join(["@command()", "@option(", ")", "async def work():", *body]))

    assert _long_functions(source(50)) == []
    assert _long_functions(source(51)) == ["work: 51"]
