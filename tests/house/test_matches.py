"""A `match` over effects, events and outcomes names every case: mypy checks it, unless a wildcard hides the rest."""

from __future__ import annotations

import ast
import tomllib

import pytest

from tests.house.sources import ROOT, modules


def _names_a_member(pattern: ast.pattern) -> bool:
    """Return whether a pattern is a class, or a member of an enum: one of several that the type checker knows."""
    match pattern:
        case ast.MatchOr(patterns):
            return any(map(_names_a_member, patterns))
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _names_a_member(inner)
        case ast.MatchValue(value=ast.Attribute()):
            return True
        case _:
            return isinstance(pattern, ast.MatchClass)


def _does_nothing(body: list[ast.stmt]) -> bool:
    """Return whether it goes on as if nothing had come: pass, `...`, continue, break, or a return of nothing."""
    (line, *more) = body
    match line:
        case ast.Pass() | ast.Continue() | ast.Break() | ast.Return(value=None | ast.Constant(value=None)):
            return not more
        case _:
            return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and not more


def _hides_the_rest(tree: ast.AST) -> list[int]:
    """Return the lines of `case _:` (without a guard) that do nothing beside cases for classes or members of an enum.

    A match over text has no end that could be named, and may leave the rest.
    """
    return [
        case.pattern.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Match) and any(_names_a_member(case.pattern) for case in node.cases)
        for case in node.cases
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
        if _does_nothing(case.body)
    ]


def test_no_match_skips_the_cases_that_it_does_not_name() -> None:
    found = [
        f"{path}:{line}" for path, tree in modules("assistant", "client", "voice") for line in _hides_the_rest(tree)
    ]
    assert found == []


@pytest.mark.parametrize("nothing", ["pass", "...", "continue", "break", "return", "return None"])
@pytest.mark.parametrize("named", ["Say()", "Say() | Show()", "Say() as said", "Mode.IDLE"])
def test_a_wildcard_that_does_nothing_is_found(nothing: str, named: str) -> None:
    tree = ast.parse(f"match effect:\n    case {named}:\n        speak()\n    case _:\n        {nothing}\n")
    assert _hides_the_rest(tree) == [4]


@pytest.mark.parametrize(
    "code",
    [
        "match token:\n    case 'text':\n        speak()\n    case _:\n        pass\n",
        "match effect:\n    case Say():\n        speak()\n    case _:\n        raise Unknown\n",
        "match effect:\n    case Say():\n        speak()\n    case _ if late:\n        pass\n",
    ],
)
def test_a_wildcard_over_text_or_one_that_does_something_is_none_that_hides(code: str) -> None:
    assert _hides_the_rest(ast.parse(code)) == []


def test_the_type_checker_refuses_a_match_that_leaves_a_case_out() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert "exhaustive-match" in settings["enable_error_code"]
