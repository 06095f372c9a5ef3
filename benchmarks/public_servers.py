"""`make bench-servers`: how well servers that people run are understood, by sentences written before anything was run.

Installs each server of `public_servers/` at its pinned version (npm, pip) below `build/`, starts it over stdio with
made-up credentials, keeps what it lists in `build/public-servers/NAME/catalog.json`, and gives its sentences to
`mcqueen interpret`. A server that cannot be installed or started is named and not counted. It calls no tool, and it
never prints a sentence of a server that is to stay unlooked at (`looked_at = false`).
`python -m benchmarks.public_servers [NAME ...]`; `--misses` prints what went wrong on servers that may be looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from benchmarks.request_scores import Case, Schemas, Tally, Understood, Verdict, judged, tally
from client.client_errors import CatalogError
from client.schemas.tool_listing import as_listed, read_catalog_file
from client.servers.mcp.stdio import StdioServer
from client.servers.tool_server import ServerUnavailableError
from client.values import JSON
from tests.peers.stacks import Stack, install

ROOT = Path(__file__).parents[1]
SETS = Path(__file__).with_name("public_servers")
BUILT = ROOT / "build" / "public-servers"
"""Below it `installed/`, what each server lists, and a home of its own for `mcqueen interpret`."""
NOW = "2026-11-21T08:30:00"
"""When the sentences are said: a Saturday."""
SECONDS = 60.0
"""For a server to start; the slowest of them takes 15 on a busy machine."""


class LeftOutError(Exception):
    """A server cannot be measured here; the message says why."""


class Published(BaseModel):
    """A `server.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    package: str
    registry: Literal["npm", "pypi"]
    version: str
    python: str = "3.11"
    """The oldest Python that it runs on, such as "3.12"."""
    requires: tuple[str, ...] = ()
    """Other packages to install beside it, with their versions."""
    command: tuple[str, ...]
    """The program, below the folder that it is installed in, and its arguments."""
    env: dict[str, str] = {}
    licence: str
    tools: int
    """How many it listed when the sentences were written."""
    looked_at: bool
    """Whether anybody may see how its sentences are understood; otherwise only sums are."""

    @property
    def pinned(self) -> tuple[str, ...]:
        """What npm or pip is to install."""
        return (f"{self.package}{'@' if self.registry == 'npm' else '=='}{self.version}", *self.requires)


def published(folder: Path) -> Published:
    """Read the `server.toml` of a folder."""
    return Published.model_validate(tomllib.loads((folder / "server.toml").read_text("utf-8")))


def cases_of(folder: Path) -> list[Case]:
    """Read the `cases.jsonl` of a folder."""
    return [Case.model_validate_json(line) for line in (folder / "cases.jsonl").read_text("utf-8").splitlines()]


def python_for(server: Published, newer: str) -> str:
    """Return the Python for its environment: this one, or the newer one that was given. Raises `LeftOutError`."""
    if sys.version_info[:2] >= tuple(map(int, server.python.split("."))):
        return sys.executable
    if not newer:
        raise LeftOutError(f"needs Python {server.python}: make bench-servers NEWER=python{server.python}")
    return newer


def fetched(name: str, server: Published, newer: str = "") -> Path:
    """Return the file with what the server lists; it is asked if that is not here. Raises `LeftOutError`."""
    path = BUILT / name / "catalog.json"
    if path.exists() and json.loads(path.read_text("utf-8")).get("of") == list(server.pinned):
        return path
    stack = Stack(f"{name}-{server.version}", server.pinned, lambda *_: [], node=server.registry == "npm")
    try:
        folder = install(stack, BUILT / "installed", python_for(server, newer))
        tools = asyncio.run(_listed(name, server, folder))
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise LeftOutError(f"cannot be installed: {error}") from error
    except ServerUnavailableError as error:
        raise LeftOutError(f"cannot be started: {error}") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"of": server.pinned, "tools": tools}, indent=1), encoding="utf-8")
    return path


async def _listed(name: str, server: Published, folder: Path) -> list[dict[str, JSON]]:
    program, *arguments = server.command
    with tempfile.TemporaryDirectory(prefix="public-", ignore_cleanup_errors=True) as home:
        environment = {**server.env, "HOME": home}
        peer = StdioServer(
            name, str(folder / program), arguments, environment, Path(home), connect_seconds=SECONDS
        )  # fmt: skip
        try:
            await peer.connect()
            return [as_listed(tool) for tool in (await peer.list_tools()).tools]
        finally:
            await peer.close()


def understood(catalog: Path, cases: Sequence[Case]) -> dict[str, Understood]:
    """Return what `mcqueen interpret` makes of each sentence, by its id; it knows nothing of this machine's user."""
    home = BUILT / "home"
    places = {name: str(home / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    with tempfile.TemporaryDirectory() as folder:
        batch = Path(folder) / "batch.jsonl"
        batch.write_text("".join(json.dumps({"id": case.id, "text": case.text}) + "\n" for case in cases), "utf-8")
        options = ["--catalog", str(catalog), "--batch", str(batch), "--now", NOW, "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "assistant.cli", "interpret", *options],
            cwd=ROOT, env={**os.environ, **places}, capture_output=True, text=True, check=True,
        )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["id"]: Understood.model_validate(line) for line in lines}


def schemas_of(catalog: Path) -> Schemas:
    """Return the parameters of each tool in a file of listed tools. Raises `CatalogError`."""
    return {tool.name: tool.properties for tool in read_catalog_file(catalog)}


def misses(server: Published, cases: Sequence[Case], found: dict[str, Understood], schemas: Schemas) -> Iterator[str]:
    """Yield lines on each sentence that went wrong; none if the server is not to be looked at."""
    for case in cases if server.looked_at else ():
        answer = found.get(case.id, Understood())
        verdict = judged(case, answer, schemas)
        if verdict not in (Verdict.EXACT, Verdict.LEFT):
            yield f"    {case.id} {verdict}: {case.text}"
            yield f"        right: {case.tool} {json.dumps(case.arguments, ensure_ascii=False)}"
            yield f"        found: {answer.tool} {json.dumps(answer.arguments, ensure_ascii=False)}"


def measured(folder: Path, server: Published, newer: str, *, shown: bool) -> Tally:
    """Measure one server and print its row, and its misses if they are to be shown. Raises `LeftOutError`."""
    catalog, cases = fetched(folder.name, server, newer), cases_of(folder)
    try:
        schemas = schemas_of(catalog)
        found = understood(catalog, cases)
    except CatalogError as error:
        raise LeftOutError(f"lists nothing usable: {error}") from error
    counted = tally(cases, found, schemas)
    changed = f" ({server.tools} when the sentences were written)" if len(schemas) != server.tools else ""
    print(f"{folder.name:<18} {len(schemas):3} tools{changed}, {counted}", flush=True)
    for line in misses(server, cases, found, schemas) if shown else ():
        print(line)
    return counted


def main() -> None:
    """Measure the servers named, or all: those that were looked at, then those that never were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="folders of benchmarks/public_servers")
    parser.add_argument("--misses", action="store_true", help="print what went wrong on servers that may be looked at")
    parser.add_argument("--newer", default="", help="a newer Python, for servers that need one")
    given = parser.parse_args()
    folders = [SETS / name for name in given.names] or sorted(path.parent for path in SETS.glob("*/server.toml"))
    servers = {folder: published(folder) for folder in folders}
    for looked_at, title in ((True, "looked at"), (False, "never looked at")):
        together, left_out = Tally(), []
        group = [folder for folder, server in servers.items() if server.looked_at is looked_at]
        for folder in group:
            try:
                together += measured(folder, servers[folder], given.newer, shown=given.misses)
            except LeftOutError as error:
                left_out.append(folder.name)
                print(f"{folder.name:<18} LEFT OUT, it {error}", flush=True)
        if group:
            print(f"{title}, {len(group) - len(left_out)} of {len(group)} servers, {together}", flush=True)


if __name__ == "__main__":
    main()
