"""Expands a drive file: inserts included files, repeats parts and fills in variables.

Works on YAML nodes, so that each error names the file and line that the author wrote. It does not know what a step
means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from assistant.drives.yaml_guard import TOO_DEEP, DriveError, guard, place, scalars

MOST_STEPS = 10_000
"""Most steps of a drive after expansion."""
MOST_BYTES = 4 * 1024 * 1024
"""Most bytes of one file; the largest drives have some thousand."""
LONGEST_TEXT = 100_000
"""Most letters of one text after its variables are filled in."""
_DEEPEST = 8
_VARIABLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
ROUND = "round"
"""Variable that holds the number of the round in a repetition, from 1."""


def read_nodes(path: Path) -> yaml.MappingNode:
    """Read and expand a drive; return nodes that know their file and line. Raises `DriveError`."""
    root = _mapping(_compose(path), path)
    variables = _variables(_value(root, "variables"), {})
    written: list[tuple[yaml.Node, yaml.Node]] = []
    for key, value in root.value:
        if key.value == "variables":
            continue
        if key.value == "steps" and isinstance(value, yaml.SequenceNode):
            steps = list(_written_out(value, variables, path, (path.resolve(),)))
            written.append((key, _sequence(value, steps)))
        elif key.value == "final":
            written.append((key, _filled(value, variables)))
        else:
            written.append((key, value))
    whole = yaml.MappingNode(root.tag, written, root.start_mark, root.end_mark)
    guard(whole)
    return whole


def construct(node: yaml.Node) -> Any:
    """Return the Python values of the nodes. Raises `DriveError`."""
    try:
        return yaml.SafeLoader("").construct_document(node)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        _refuse_unknown_tags(node)
        wrong = next((scalar for scalar in scalars(node) if not _stands_for_something(scalar)), None)
        if wrong is not None:
            raise DriveError(
                f"{place(wrong)}: {wrong.value} is no day, time or number that exists; write another, or quote it"
            ) from error
        if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
            line = f"{error.problem_mark.name}:{error.problem_mark.line + 1}"
            raise DriveError(f"{line}: not YAML: {error.problem}; take it out") from error
        raise DriveError(f"{place(node)}: not YAML: {error}") from error


def _refuse_unknown_tags(root: yaml.Node) -> None:
    """Raise `DriveError` if a value is marked as something that is not YAML's own, such as an object of a program."""
    for scalar in scalars(root):
        if not scalar.tag.startswith("tag:yaml.org,2002:") or "/" in scalar.tag:
            tag = scalar.tag.replace("tag:yaml.org,2002:", "!!")
            raise DriveError(f"{place(scalar)}: the mark {tag} is not known; take it out")


def _stands_for_something(scalar: yaml.ScalarNode) -> bool:
    try:
        yaml.SafeLoader("").construct_document(scalar)
    except (yaml.YAMLError, ValueError, OverflowError):
        return False
    return True


def _read(path: Path) -> str:
    """Return the text of a file of bounded length; a device or pipe, which may not end, is not read."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise DriveError(f"cannot read the drive {path}: it is no file")
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DriveError(f"cannot read the drive {path}: {error.strerror}") from error
    if len(raw) > MOST_BYTES:
        raise DriveError(f"the drive {path} has over {MOST_BYTES:,} bytes; include parts of it from other files")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DriveError(f"the drive {path} is not UTF-8 text") from error


def _compose(path: Path) -> yaml.Node:
    text = _read(path)
    try:
        loader = yaml.SafeLoader(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DriveError(f"{path}:{line}: no text holds the sign {text[error.position]!a}; take it out") from error
    loader.name = str(path)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DriveError(f"{path}:{line}: not YAML: {error.problem or error}") from error
    except RecursionError as error:
        raise DriveError(f"{path}:{loader.line + 1}: {TOO_DEEP}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise DriveError(f"{path}:{loader.line + 1}: not YAML: {error}") from error
    if root is None:
        raise DriveError(f"{path}:1: a drive is a mapping with title, now and steps")
    guard(root)
    return root


def _mapping(node: yaml.Node, path: Path) -> yaml.MappingNode:
    if not isinstance(node, yaml.MappingNode):
        raise DriveError(f"{path}:1: a drive is a mapping with title, now and steps")
    return node


def _value(node: yaml.MappingNode, name: str) -> yaml.Node | None:
    found: yaml.Node | None = next((value for key, value in node.value if key.value == name), None)
    return found


def _sequence(like: yaml.Node, items: list[yaml.Node]) -> yaml.SequenceNode:
    return yaml.SequenceNode("tag:yaml.org,2002:seq", items, like.start_mark, like.end_mark)


def _variables(node: yaml.Node | None, outer: Mapping[str, yaml.Node]) -> dict[str, yaml.Node]:
    if node is None:
        return dict(outer)
    if not isinstance(node, yaml.MappingNode):
        raise DriveError(f"{place(node)}: variables is a mapping of names to values")
    return {**outer, **{str(key.value): _filled(value, outer) for key, value in node.value}}


def _written_out(
    steps: yaml.SequenceNode, variables: Mapping[str, yaml.Node], path: Path, within: tuple[Path, ...]
) -> Iterator[yaml.Node]:
    """Yield the steps, with included and repeated steps in their place."""
    count = 0
    for step in steps.value:
        for written in _step(step, variables, path, within):
            count += 1
            if count > MOST_STEPS:
                raise DriveError(f"{place(step)}: over {MOST_STEPS} steps; repeat less")
            yield written


def _step(
    step: yaml.Node, variables: Mapping[str, yaml.Node], path: Path, within: tuple[Path, ...]
) -> Iterator[yaml.Node]:
    if isinstance(step, yaml.MappingNode):
        repeat, include = _value(step, "repeat"), _value(step, "include")
        if (repeat is not None or include is not None) and len(step.value) != 1:
            raise DriveError(f"{place(step)}: a step with repeat or include has nothing beside it")
        if repeat is not None:
            yield from _repeated(repeat, variables, path, within)
            return
        if include is not None:
            yield from _included(include, variables, path, within)
            return
    yield _filled(step, variables)


def _repeated(
    node: yaml.Node, variables: Mapping[str, yaml.Node], path: Path, within: tuple[Path, ...]
) -> Iterator[yaml.Node]:
    """Yield the steps once for each round: `{times: 3, steps}` or `{each: {city: [Rome, Ulm]}, steps}`."""
    usage = f"{place(node)}: repeat is {{times: N, steps: [...]}} or {{each: {{name: [values]}}, steps: [...]}}"
    if not isinstance(node, yaml.MappingNode):
        raise DriveError(usage)
    known = {str(key.value): value for key, value in node.value}
    steps, times, each = known.get("steps"), known.get("times"), known.get("each")
    if not isinstance(steps, yaml.SequenceNode) or len(known) != 2 or (times is None) == (each is None):
        raise DriveError(usage)
    rounds: list[dict[str, yaml.Node]]
    if times is not None:
        wanted = _filled(times, variables)
        if not (isinstance(wanted, yaml.ScalarNode) and wanted.value.isdigit() and 1 <= int(wanted.value) <= 1000):
            raise DriveError(f"{place(times)}: times is a number from 1 to 1000")
        rounds = [{} for _ in range(int(wanted.value))]
    else:
        if not (isinstance(each, yaml.MappingNode) and len(each.value) == 1):
            raise DriveError(usage)
        name, values = each.value[0]
        values = _filled(values, variables)
        if not isinstance(values, yaml.SequenceNode) or not values.value:
            raise DriveError(f"{place(name)}: {name.value} needs a list of values")
        rounds = [{str(name.value): value} for value in values.value]
    if not steps.value:  # nothing, a thousand times a thousand times, takes for ever
        raise DriveError(f"{place(node)}: repeat has no steps")
    for number, added in enumerate(rounds, 1):
        counted = yaml.ScalarNode("tag:yaml.org,2002:int", str(number), node.start_mark, node.end_mark)
        yield from _written_out(steps, {**variables, ROUND: counted, **added}, path, within)


def _included(
    node: yaml.Node, variables: Mapping[str, yaml.Node], path: Path, within: tuple[Path, ...]
) -> Iterator[yaml.Node]:
    """Yield the steps of another file, whose path is relative to this one: `part.yaml` or `{file: part.yaml, variables:
    {...}}`.
    """
    named: yaml.Node | None = node
    given: yaml.Node | None = None
    if isinstance(node, yaml.MappingNode):
        named, given = _value(node, "file"), _value(node, "variables")
        if len(node.value) != 1 + (given is not None):
            named = None
    if not isinstance(named, yaml.ScalarNode):
        raise DriveError(f"{place(node)}: include is a file, or {{file: F, variables: {{...}}}}")
    other = path.parent / str(_filled(named, variables).value)
    if other.resolve() in within or len(within) >= _DEEPEST:
        raise DriveError(f"{place(node)}: {named.value} would include itself, or files lie over {_DEEPEST} deep")
    try:
        root = _compose(other)
    except DriveError as error:
        raise DriveError(f"{place(node)}: {error}") from error
    steps: yaml.Node | None = root
    inner = dict(variables)
    if isinstance(root, yaml.MappingNode):
        steps = _value(root, "steps")
        inner = {**_variables(_value(root, "variables"), {}), **inner}
    if not isinstance(steps, yaml.SequenceNode):
        raise DriveError(f"{other}:1: a file that is included is a list of steps, or has steps")
    yield from _written_out(steps, _variables(given, inner), other, (*within, other.resolve()))


def _filled(node: yaml.Node, variables: Mapping[str, yaml.Node]) -> yaml.Node:
    """Return the node with each `{name}` replaced; a text that is only a variable takes the type of the value."""
    if isinstance(node, yaml.SequenceNode):
        return _sequence(node, [_filled(item, variables) for item in node.value])
    if isinstance(node, yaml.MappingNode):
        pairs = [(_filled(key, variables), _filled(value, variables)) for key, value in node.value]
        return yaml.MappingNode(node.tag, pairs, node.start_mark, node.end_mark)
    if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:str" or "{" not in node.value:
        return node
    whole = _VARIABLE.fullmatch(node.value)
    if whole:
        found = _known(whole[1], variables, node)
        if isinstance(found, yaml.ScalarNode):
            return yaml.ScalarNode(found.tag, found.value, node.start_mark, node.end_mark)
        return found

    def text(match: re.Match[str]) -> str:
        found = _known(match[1], variables, node)
        if not isinstance(found, yaml.ScalarNode):
            raise DriveError(f"{place(node)}: the variable {match[1]!r} is no single value; in a text it must be one")
        return str(found.value)

    filled = _VARIABLE.sub(text, node.value)
    if len(filled) > LONGEST_TEXT:
        raise DriveError(f"{place(node)}: over {LONGEST_TEXT:,} letters once its variables are filled in; use fewer")
    return yaml.ScalarNode(node.tag, filled, node.start_mark, node.end_mark)


def _known(name: str, variables: Mapping[str, yaml.Node], node: yaml.Node) -> yaml.Node:
    if name not in variables:
        known = ", ".join(sorted(variables)) or "none"
        raise DriveError(f"{place(node)}: no variable {name!r}; known are {known}")
    return variables[name]
