"""`make docs-check` finds every block of a page, and says which line fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.check import blocks, command_of, pages

PAGE = """\
Words `mcqueen inline`.

    mcqueen drive my.yaml          runs it
    mcqueen review "python s.py"   tells

```console
$ mcqueen try --server "python s.py"
> hello
  says "Hello."
```

```yaml
title: x
```
"""
pytestmark = pytest.mark.proves("G.docs-check")


def test_fenced_and_indented_blocks_are_found_in_order() -> None:
    assert [(language, text.splitlines()[0]) for language, text in blocks(PAGE)] == [
        ("", "mcqueen drive my.yaml          runs it"),
        ("console", '$ mcqueen try --server "python s.py"'),
        ("yaml", "title: x"),
    ]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("mcqueen drive my.yaml          runs it", "mcqueen drive my.yaml"),
        ("$ mcqueen login home    # a login", "mcqueen login home"),
        ("$ mcqueen logout home", "mcqueen logout home"),
        ("$ python3 -m x --user a login", "python3 -m x --user a login"),
        ("> hello", None),
        ("  says that mcqueen drives", None),
        ('{"text": "mcqueen"}', None),
    ],
)
def test_a_command_is_taken_without_what_is_said_beside_it(line: str, command: str | None) -> None:
    assert command_of(line) == command


def test_every_page_is_read_and_the_pages_show_what_is_to_be_run() -> None:
    found = [block for page in pages() for block in blocks(page.read_text(encoding="utf-8"))]
    commands = [command for _, text in found for line in text.splitlines() if (command := command_of(line))]
    assert len(commands) > 30
    made_of = [path for path in Path("docs").glob("*.md") if path.stem.endswith((".head", ".tail"))]
    assert len(pages()) == len([*Path("docs").glob("*.md")]) - len(made_of) + 1
