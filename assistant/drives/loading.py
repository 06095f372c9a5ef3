"""Reads drives and rejects those that cannot run; each error names file and line. Runs none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from assistant.drives.expanding import construct, read_nodes
from assistant.drives.format import (
    EXAMPLE_NOW,
    Drive,
    DriveProfile,
    Expectation,
    ExpectedCall,
    ExpectedRequest,
    Final,
    Step,
)
from assistant.drives.world_records import records_of
from assistant.drives.yaml_guard import DriveError, place, refuse_mistaken_words
from client.catalog import Catalog


def load_drive(path: Path) -> Drive:
    """Read and check a drive. Raises `DriveError` naming file, line and cure."""
    root = read_nodes(path)
    refuse_mistaken_words(root)
    try:
        drive = Drive.model_validate(construct(root))
        _find_sounds(drive, path, root)
    except ValidationError as error:
        # A key written wrongly first: what is missing is often only that.
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise DriveError("; ".join(_complaint(root, problem) for problem in problems[:3])) from error
    _refuse_contradictions(drive, root)
    return drive


def _find_sounds(drive: Drive, path: Path, root: yaml.Node) -> None:
    """Reject a missing WAV file, even if this run types the line."""
    for number, step in enumerate(drive.steps):
        if step.wav is not None and not _is_file(path.parent / step.wav):
            line = _line_of(root, ("steps", number, "wav"))
            raise DriveError(f"{line}: there is no WAV {step.wav}; give its path from {path.parent}, or take it out")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def check_against(drive: Drive, path: Path, catalog: Catalog, *, ours: bool = True) -> None:
    """Reject expectations that can never hold with these tools, or that cannot be checked.

    Raises `DriveError`. `ours` says whether the drive runs its own server; the records of another server cannot be
    read.
    """
    known = {tool.name: tool for tool in catalog}
    root = read_nodes(path)
    if not ours:
        _refuse_unseen(drive, root)
    _refuse_unknown_records(drive, root)
    for number, step in enumerate(drive.steps):
        expect = step.expect
        if expect is None:
            continue
        line = _line_of(root, ("steps", number, "expect"))
        wanted = [each for each in (expect.understood, expect.called) if each is not None]
        for name in [*(each.tool for each in wanted), *expect.absent]:
            if name not in known:
                raise DriveError(f"{line}: can never hold: no tool {name!r}{_meant(name, list(known))}")
        for each in wanted:
            properties = known[each.tool].properties
            for name in each.arguments:
                if name not in properties:
                    meant = _meant(name, list(properties))
                    raise DriveError(f"{line}: can never hold: {each.tool} has no argument {name!r}{meant}")
    for name in (*drive.final.calls, *drive.final.absent):
        if name not in known:
            line = _line_of(root, ("final", "calls" if name in drive.final.calls else "absent", name))
            raise DriveError(f"{line}: can never hold: no tool {name!r}{_meant(name, list(known))}")


def _refuse_unknown_records(drive: Drive, root: yaml.Node) -> None:
    """Reject kinds of records, and fields, that the drive's own server never has."""
    known = records_of(drive.server)
    for kind, records in drive.final.world.items():
        if kind not in known:
            line = _line_of(root, ("final", "world", kind))
            raise DriveError(f"{line}: can never hold: no records of kind {kind!r}{_meant(kind, list(known))}")
        for number, record in enumerate(records):
            for name in record:
                if name not in known[kind]:
                    line = _line_of(root, ("final", "world", kind, number, name))
                    meant = _meant(name, list(known[kind]))
                    raise DriveError(f"{line}: can never hold: {kind} have no field {name!r}{meant}")


def _refuse_contradictions(drive: Drive, root: yaml.Node) -> None:
    """Reject expectations that contradict each other. Raises `DriveError` with the line of the later one."""
    final = drive.final
    for name, times in final.calls.items():
        if times and name in final.absent:
            line = _line_of(root, ("final", "absent"))
            raise DriveError(f"{line}: can never hold: {name} is called {times} times and absent; take one of them out")
    for number, step in enumerate(drive.steps):
        expect = step.expect
        if expect is None:
            continue
        line = _line_of(root, ("steps", number, "expect"))
        called = expect.called
        if called and called.tool in final.absent:
            raise DriveError(f"{line}: can never hold: {called.tool} is called here and absent in final; change one")
        if called and called.outcome == "succeeded" and final.calls.get(called.tool, 1) == 0:
            raise DriveError(f"{line}: can never hold: {called.tool} succeeds here, and final has 0 calls; change one")
        for said in _texts(expect.said):
            for never in (*_texts(expect.not_said), *final.not_said):
                if never.casefold() in said.casefold():
                    raise DriveError(
                        f"{line}: can never hold: {said!r} is to be said and {never!r} is not; take one of them out"
                    )


def _texts(value: Sequence[str] | str | None) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or ()


def _refuse_unseen(drive: Drive, root: yaml.Node) -> None:
    """Reject expectations that need a server run by the drive itself."""
    if drive.final.world:
        kind = next(iter(drive.final.world))
        line = _line_of(root, ("final", "world", kind))
        raise DriveError(
            f"{line}: world cannot be checked with --server: the drive sees the records of its own town only; "
            "take it out, or check calls, said and called instead"
        )
    for number, step in enumerate(drive.steps):
        if step.server is not None:
            line = _line_of(root, ("steps", number, "server"))
            raise DriveError(f"{line}: a drive cannot stop the server of --server; use network or fault instead")


def _complaint(root: yaml.Node, problem: Mapping[str, Any]) -> str:
    location: Sequence[str | int] = problem["loc"]
    line = _line_of(root, location)
    where = ".".join(str(part) for part in location)
    if problem["type"] == "extra_forbidden":
        fields = _fields_at(location[:-1])
        return f"{line}: unknown key {location[-1]!r}{_meant(str(location[-1]), fields)}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "string_type" and not isinstance(problem["input"], dict | list):
        message = f'{problem["input"]} is no text here; write "{problem["input"]}"'
    if str(problem["type"]).startswith("datetime"):
        message = f"{where} is no day and time; write it as {EXAMPLE_NOW}"
    named = not where or message.startswith(f"{where} ")
    return f"{line}: {message}" if named else f"{line}: {where}: {message}"


def _line_of(root: yaml.Node, location: Sequence[str | int]) -> str:
    """Return file and line of the deepest part of the path that exists in the drive."""
    node = root
    line = place(root)
    for part in location:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, found = place(key), value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = place(found)
        if found is None:
            return line
        node = found
    return line


def _fields_at(location: Sequence[str | int]) -> list[str]:
    model: type[BaseModel] = Drive
    nested: Mapping[str, type[BaseModel]] = {
        "steps": Step,
        "expect": Expectation,
        "called": ExpectedCall,
        "understood": ExpectedRequest,
        "final": Final,
        "profile": DriveProfile,
    }
    for part in location:
        model = nested.get(str(part), model)
    return list(model.model_fields)


def _meant(name: str, known: Sequence[str]) -> str:
    from rapidfuzz import process  # only when something is wrong

    found = process.extractOne(name, known, score_cutoff=60)
    return f"; did you mean {found[0]!r}?" if found else f"; known are {', '.join(sorted(known)[:12])}"
