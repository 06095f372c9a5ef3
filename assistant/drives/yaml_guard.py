"""Rejects dangerous YAML before it is constructed: endless aliases, and words that YAML reads as other types.

Works on nodes, so that each error names the line, and takes time linear in the file's length. It does not know the
drive format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from client.client_errors import UsageError

MOST_VALUES = 200_000
"""Most values of a file after its aliases are expanded; the largest drives have a few thousand."""
DEEPEST = 60
"""Deepest nesting of values."""
TOO_DEEP = f"over {DEEPEST} values inside each other; nest less"
_BOOL, _INT, _FLOAT = (f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float"))
_SWITCHES = frozenset({"silence", "press", "car", "vehicle"})
"""Keys whose values are booleans, so that `yes` and `no` mean true and false."""


_ENDLESS = re.compile(r"(\S{180})\S{20,}")
"""A value too long for a sentence; paths are shorter."""


class DriveError(UsageError):
    """A drive that cannot run; the text names file, line and what was probably meant, on one line of bounded length."""

    def __init__(self, text: str) -> None:
        super().__init__(_ENDLESS.sub(r"\1...", " ".join(text.split())))


def place(node: yaml.Node) -> str:
    """Return `file:line` of a node."""
    return f"{node.start_mark.name}:{node.start_mark.line + 1}"


def guard(root: yaml.Node) -> None:
    """Reject aliases that contain themselves, values nested too deep, too many values, and keys that stand twice.

    Raises `DriveError`.
    """
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()
    # A stack of our own: the file decides how deep it goes, and Python's ends with a RecursionError.
    stack: list[tuple[yaml.Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            open_nodes.discard(id(node))
            size = 1 + sum(sizes[id(child)] for child in _children(node))
            if size > MOST_VALUES:
                raise DriveError(
                    f"{place(node)}: over {MOST_VALUES:,} values once aliases and variables are written out; use fewer"
                )
            sizes[id(node)] = size
        elif id(node) in open_nodes:
            raise DriveError(f"{place(node)}: this holds an alias of itself (*name inside &name); write it out")
        elif id(node) not in sizes:
            open_nodes.add(id(node))
            if len(open_nodes) > DEEPEST:
                raise DriveError(f"{place(node)}: {TOO_DEEP}")
            _refuse_second_keys(node)
            stack.append((node, True))
            stack.extend((child, False) for child in _children(node))


def _refuse_second_keys(node: yaml.Node) -> None:
    """Reject a key that stands twice in a mapping: YAML forbids it, and its reader silently drops the first."""
    seen: set[str] = set()
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode) and key.value in seen:
            raise DriveError(f"{place(key)}: {key.value} stands here twice; take one out")
        if not isinstance(key, yaml.ScalarNode):
            raise DriveError(f"{place(key)}: a key is one word; write it without brackets")
        seen.add(key.value)


def refuse_mistaken_words(root: yaml.Node) -> None:
    """Reject unquoted yes, no, on and off if they are meant as words, because YAML reads them as booleans.

    Also reject times such as 19:00, which YAML reads as a number. Raises `DriveError`. Call `guard` first.
    """
    for scalar in scalars(root, leaving_out=_SWITCHES):
        text = str(scalar.value)
        plain = scalar.style is None
        if plain and scalar.tag == _BOOL and text.lower() not in ("true", "false"):
            meant = "true" if text.lower() in ("yes", "on") else "false"
            raise DriveError(f'{place(scalar)}: {text} without quotes means {meant} here; write "{text}" or {meant}')
        if plain and scalar.tag in (_INT, _FLOAT) and ":" in text:
            raise DriveError(f'{place(scalar)}: {text} without quotes is a number here; write "{text}"')


def scalars(root: yaml.Node, leaving_out: frozenset[str] = frozenset()) -> Iterator[yaml.ScalarNode]:
    """Yield each scalar key and value once, in any order; leave out what is below the keys `leaving_out`."""
    stack, seen = [root], set[int]()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield node
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                stack.append(key)
                if str(key.value) not in leaving_out:
                    stack.append(value)
        else:
            stack.extend(_children(node))


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
