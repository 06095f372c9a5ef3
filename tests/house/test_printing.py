"""What reaches the terminal has passed the one place that takes control characters out, from every command."""

from __future__ import annotations

import ast

from tests.house.sources import modules

SAFE = frozenset({"terminal_text", "terminal_json"})
STREAMS = frozenset({"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"})
ASKING = frozenset({"print", "input", "getpass", "click.prompt", "click.confirm", "click.echo", "click.secho"})
OWN_SIGNS = {"assistant/cli/output.py": 1}
"""Unsafe ways that print nothing but a sign of our own, for each file."""


def _unsafe(tree: ast.AST) -> list[int]:
    """Return the lines that print something which is neither a literal nor made safe."""
    lines: list[int] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        stream, _, method = called.rpartition(".")
        writes = stream in STREAMS and method in ("write", "writelines")
        if (writes or called in ASKING) and not all(_safe(argument) for argument in node.args):
            lines.append(node.lineno)
    return sorted(lines)


def _safe(argument: ast.expr) -> bool:
    if isinstance(argument, ast.JoinedStr):
        return all(_safe(part.value) for part in argument.values if isinstance(part, ast.FormattedValue))
    if isinstance(argument, ast.Call):
        return ast.unparse(argument.func) in SAFE
    return isinstance(argument, ast.Constant)


def test_nothing_is_printed_with_the_control_characters_that_may_be_in_it() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in modules("assistant", "client", "voice")
        for line in _unsafe(tree)[OWN_SIGNS.get(path, 0) :]
    ]
    assert found == []


def test_each_unsafe_way_is_found() -> None:
    unsafe = "print(text)\nsys.stderr.write(f'{text}')\nclick.echo(text)\ngetpass(text)\n"
    safe = "print(terminal_text(text))\nprint('a')"
    assert _unsafe(ast.parse(unsafe + safe)) == [1, 2, 3, 4]
