"""Requirements and tests match both ways."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.requirements import REQUIREMENTS


def claimed_ids() -> dict[str, list[str]]:
    """Ids named by `pytest.mark.proves(...)`, with the tests that name them."""
    claims: dict[str, list[str]] = {}
    for path in sorted(Path(__file__).parent.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "proves":
                for argument in node.args:
                    assert isinstance(argument, ast.Constant), f"{path}: proves() takes literal ids"
                    claims.setdefault(str(argument.value), []).append(f"{path.name}:{node.lineno}")
    return claims


def test_every_requirement_has_a_test() -> None:
    assert sorted(set(REQUIREMENTS) - set(claimed_ids())) == []


def test_every_claim_names_a_known_requirement() -> None:
    assert {name: tests for name, tests in claimed_ids().items() if name not in REQUIREMENTS} == {}
