"""What is refused of YAML before anything is made of it: endless aliases, and words that YAML takes for something else.

Works on nodes, so that the complaint names the line; costs no more than the file is long. It knows no drive.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from client.client_errors import UsageError

MOST_VALUES = 200_000
"""Values that a file may stand for when its aliases are written out; the largest drives have some thousands."""
DEEPEST = 60
"""Values inside values."""
_BOOL, _INT, _FLOAT = (f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float"))
_SWITCHES = frozenset({"silence", "press", "car", "vehicle"})
"""Keys whose values are no words, so that `yes` and `no` are meant as true and false."""


class DriveError(UsageError):
    """A drive that cannot be run; its text names file, line and what was meant."""


def place(node: yaml.Node) -> str:
    """Return `file:line` of a node."""
    return f"{node.start_mark.name}:{node.start_mark.line + 1}"


def guard(root: yaml.Node) -> None:
    """Refuse aliases inside what they name, values nested too deep, and too many of them. Raises `DriveError`."""
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
                raise DriveError(f"{place(node)}: over {DEEPEST} values inside each other; nest less")
            stack.append((node, True))
            stack.extend((child, False) for child in _children(node))


def refuse_mistaken_words(root: yaml.Node) -> None:
    """Refuse yes, no, on and off without quotes where they are words: YAML makes true and false of them.

    Likewise times such as 19:00, of which YAML makes a number. Raises `DriveError`. The nodes are guarded before.
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
    """Yield every single value and key once, in no order; not what stands below the keys left out."""
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
