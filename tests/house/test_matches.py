"""A `match` over effects, events and outcomes names every case: mypy checks it, unless a wildcard hides the rest."""

from __future__ import annotations

import ast
import tomllib

from tests.house.sources import ROOT, modules


def _hides_the_rest(tree: ast.AST) -> list[int]:
    """Return the lines of `case _:` (without a guard) whose body does nothing."""
    return [
        case.pattern.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Match)
        for case in node.cases
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
        if all(isinstance(line, ast.Pass) for line in case.body)
    ]


def test_no_match_skips_the_cases_that_it_does_not_name() -> None:
    found = [f"{path}:{line}" for path, tree in modules("assistant", "client") for line in _hides_the_rest(tree)]
    assert found == []


def test_a_wildcard_that_does_nothing_is_found() -> None:
    tree = ast.parse("match effect:\n    case Say():\n        speak()\n    case _:\n        pass\n")
    assert _hides_the_rest(tree) == [4]


def test_the_type_checker_refuses_a_match_that_leaves_a_case_out() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert "exhaustive-match" in settings["enable_error_code"]
