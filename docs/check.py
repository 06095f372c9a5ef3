"""Runs every block of README and docs as a reader would who follows them, with the mcqueen of another environment.

    python docs/check.py ENVIRONMENT     (`make docs-check` builds the wheel and the environment first)

Drives are run, settings read, files imported, commands given. What needs a network, a login or hours is named with the
reason, and its words are still checked against the command line. Everything happens in a folder that is thrown away.
It needs nothing but the standard library, so that the environment can hold McQueen alone.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECONDS = 300
READY_SECONDS = 60
"""How long a command that goes on until Ctrl-C may take to say something."""
NOT_RUN = {
    "mcqueen login": "needs a login",
    "mcqueen logout": "needs a login",
    "mcqueen web": "needs the extra web",
    "mcqueen drive --voice": "takes too long",
    "python3 -m assistant.services": "needs a mailbox or a calendar",
}
"""Lines that begin so are only held against the command line."""
GOES_ON = ("mcqueen serve", "mcqueen drive my.yaml --watch")
"""Lines that go on until Ctrl-C: the first word that they say is waited for. `--token-for` ends."""
SERVER = """
from typing import Annotated
from pydantic import Field
from mcp.server.mcpserver import MCPServer

server = MCPServer("server", log_level="ERROR")


@server.tool(description="Book a table in the bistro")
def book_table(people: Annotated[int, Field(description="How many people", ge=1, le=8)]) -> str:
    return f"The table for {people} is booked."


server.run("stdio")
"""
"""The server.py that the page on drives speaks of."""
PARSE = """
import json, sys
import click
from assistant.cli.main import cli
words, command, context = json.loads(sys.argv[1]), cli, click.Context(cli, info_name="mcqueen")
while isinstance(command, click.Group) and words:
    name, command, words = command.resolve_command(context, words)
    context = command.make_context(name, list(words), parent=context)
    if isinstance(command, click.Group):
        words = context._protected_args + context.args
"""


def pages() -> list[Path]:
    """Return README and the pages in docs, without the parts that pages are made of."""
    made_of = (".head", ".tail")
    return [ROOT / "README.md", *(p for p in sorted((ROOT / "docs").glob("*.md")) if not p.stem.endswith(made_of))]


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """Yield language and text of each block; an indented one has no language."""
    for match in re.finditer(r"^```(\w*)\n(.*?)^```|((?:^ {4}\S[^\n]*\n)+)", page, re.MULTILINE | re.DOTALL):
        yield match[1] or "", match[2] if match[3] is None else textwrap.dedent(match[3])


def command_of(line: str) -> str | None:
    """Return the command that a line shows, without what is said beside it; None if it shows none."""
    said = re.sub(r"\s{3,}\S.*$|\s+#\s.*$", "", line.removeprefix("$ ")).strip()
    known = ("mcqueen", "make", "python3 -m")
    return said if line.startswith(("$ ", *known)) and said.startswith(known) else None


class Reader:
    """Somebody who does what the pages say, in an empty folder."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.folder, self.bin = folder, environment.resolve() / "bin"
        self.failures: list[str] = []
        self.done = self.named = 0
        own = {"HOME": str(folder), "PATH": f"{self.bin}:/usr/bin:/bin", "COLUMNS": "100"}
        self.environment = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ} | own
        (folder / "server.py").write_text(SERVER)
        (folder / "music_server.py").write_text(SERVER.replace("book_table", "play"))
        other = {"mcpServers": {"bistro": {"command": "python", "args": ["server.py"]}}}
        (folder / "claude_desktop_config.json").write_text(json.dumps(other))

    def read(self, page: Path) -> None:
        """Do what a page shows."""
        for language, text in blocks(page.read_text(encoding="utf-8")):
            where = f"{page.relative_to(ROOT)}: {text.strip().splitlines()[0][:60]}"
            if language == "yaml" and text.startswith("title:"):
                (self.folder / "shown.yaml").write_text(text)
                self.run(where, "mcqueen drive shown.yaml")
            elif language == "toml":
                self._settings(where, text)
            elif language == "json":
                (self.folder / "shown.json").write_text(text)
                self.run(where, "mcqueen servers import shown.json")
            elif language in ("", "console"):
                typed = [line[2:] for line in text.splitlines() if line.startswith("> ")]
                for line in text.splitlines():
                    command = command_of(line)
                    if command is not None:
                        self._command(f"{page.relative_to(ROOT)}: {command}", command, typed, text)

    def run(self, where: str, command: str, typed: str = "") -> str:
        """Run a command to its end and return what it prints; its failure is kept."""
        self.done += 1
        done = subprocess.run(
            command, shell=True, cwd=self.folder, env=self.environment, input=typed, capture_output=True, text=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
        if done.returncode:
            told = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            self.failures.append(f"{where}: ended with {done.returncode}: {' '.join(told)}")
        print(f"{'FAILED' if done.returncode else 'ok':<8}{where}", flush=True)
        return done.stdout

    def _settings(self, where: str, text: str) -> None:
        path = self.folder / "mcqueen.toml"
        path.write_text(text)
        self.run(where, "mcqueen journal")  # reads all settings and reaches no server
        path.unlink()

    def _command(self, where: str, command: str, typed: list[str], block: str) -> None:
        if command.startswith("make"):
            return  # the sources' own, which this environment does not have
        reason = next((why for start, why in NOT_RUN.items() if command.startswith(start)), None)
        if reason is not None:
            self.named += 1
            print(f"{'named':<8}{where} ({reason})", flush=True)
            self._parse(where, command)
        elif command.startswith(GOES_ON) and "--token-for" not in command:
            self._goes_on(where, command)
        else:
            said = self.run(where, command, "\n".join(typed))
            for line in block.splitlines() if typed else ():
                if line.startswith(("  reads back", "  sounds like", "  says")) and line not in said:
                    self.failures.append(f"{where}: does not print {line.strip()!r}")

    def _parse(self, where: str, command: str) -> None:
        program, *words = shlex.split(command)
        if program == "mcqueen":
            self.run(where, shlex.join(["python", "-c", PARSE, json.dumps(words)]))

    def _goes_on(self, where: str, command: str) -> None:
        self.done += 1
        words = ["timeout", "--signal=INT", str(READY_SECONDS), *shlex.split(command)]
        with subprocess.Popen(
            words, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            assert running.stdout is not None
            said = running.stdout.readline()
            running.terminate()
        if not said.strip():
            self.failures.append(f"{where}: says nothing")
        print(f"{'ok' if said.strip() else 'FAILED':<8}{where}", flush=True)


def main() -> int:
    """Read all pages; return 1 if a line fails."""
    with tempfile.TemporaryDirectory(prefix="mcqueen-docs-") as folder:
        reader = Reader(Path(sys.argv[1]), Path(folder))
        for page in pages():
            if page.name != "command-line.md":  # the help itself
                reader.read(page)
    print(f"\n{reader.done} run, {reader.named} named only, {len(reader.failures)} failed")
    print("\n".join(reader.failures))
    return 1 if reader.failures else 0


if __name__ == "__main__":
    sys.exit(main())
