"""`make conformance-server`: the official suite's server leg against the MCP face of `mcqueen serve`, into docs.

McQueen stands before another server (`behind.py`), reached over stdio, and offers what that one offers. Needs npm.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.conformance.__main__ import FOLDER, LEGS, ROOT, SERVER_MARK, SUITE, install, verdicts

WHY = {
    "logging-set-level": "logging to clients is deprecated (SEP-2577) and not offered",
    "tools-call-with-logging": "logging to clients is deprecated (SEP-2577) and not offered",
    "tools-call-sampling": "sampling is deprecated (SEP-2577) and not offered",
    "input-required-result-basic-sampling": "sampling is deprecated (SEP-2577) and not offered",
    "input-required-result-capability-check": "it asks of a client that offers sampling alone, which is not offered",
    "input-required-result-multiple-input-requests": "two of its three questions are sampling and roots",
    "input-required-result-non-tool-request": "only tools ask on the way, prompts do not",
    "input-required-result-basic-list-roots": "roots are deprecated (SEP-2577) and not asked for",
    "resources-subscribe": "resources are read, not subscribed to",
    "resources-unsubscribe": "resources are read, not subscribed to",
    "server-stateless": "what can be tested passes; three diagnostic tools (sampling, logging) are not offered",
    "http-custom-header-server-validation": "the server behind has no tool with such headers",
}


@contextmanager
def served() -> Iterator[str]:
    """Serve the server behind through McQueen; yield the address of its MCP face."""
    with tempfile.TemporaryDirectory() as folder:
        places = {name: f"{folder}/{name}" for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
        config = Path(places["XDG_CONFIG_HOME"]) / "mcqueen"
        config.mkdir(parents=True)
        entry = {"command": sys.executable, "args": ["-m", "tests.conformance.behind"], "trusted": True}
        lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
        (config / "mcqueen.toml").write_text("[servers.behind]\n" + "\n".join(lines) + "\n")
        program = (
            "-c",
            "from assistant.cli.main import main; main()",
            "serve",
            "--port",
            "0",
            "--face",
            "mcp",
            "--open-mcp",
        )
        process = subprocess.Popen(
            [sys.executable, *program, "--no-metrics"],
            cwd=ROOT,
            env={**os.environ, **places, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["faces"]["mcp"]
        finally:
            process.terminate()
            process.communicate()


def scenarios(programs: Path, leg: str, environment: dict[str, str]) -> list[str]:
    """Return the scored server scenarios of a leg."""
    command = [str(programs / "conformance"), "list", "--requirements", leg]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    _, _, rest = told.partition("Server scenarios")
    scored, _, _ = rest.partition("Client scenarios")
    return re.findall(r"^  - (\S+)", scored, re.MULTILINE)


def run(programs: Path, leg: str, url: str, environment: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Run a leg and return, by scenario, how many checks passed and how many failed."""
    results = FOLDER / "results" / leg / "server"
    shutil.rmtree(results, ignore_errors=True)
    command = [str(programs / "conformance"), "server", "--url", url, "--requirements", leg, "-o", str(results)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    # Results are in folders called server-NAME, and some names begin with server- themselves.
    return {re.sub(r"^server-", "", name): checks for name, checks in verdicts(results).items()}


def why(name: str) -> str:
    """Return why a scenario is not passed."""
    return WHY.get(name, "")


def main() -> int:
    """Run both legs and write their part of the page. Exits with 1 where one fails whose reason is not known."""
    if shutil.which("npm") is None:
        print("SKIPPED: the conformance suite needs npm, which is not here.")
        return 0
    programs = install()
    environment: dict[str, Any] = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    lines = [
        SERVER_MARK,
        "",
        f"The server leg of the same suite ({SUITE}), run by `make conformance-server` on {datetime.now():%Y-%m-%d}:",
        "the MCP face of `mcqueen serve`, behind which stands another server with what the scenarios name.",
        "What McQueen does not pass on is told in the last column; it was not built to make a row green.",
    ]
    unexplained = []
    with served() as url:
        for leg in LEGS:
            found = run(programs, leg, url, environment)
            wanted = scenarios(programs, leg, environment)
            passed = [name for name in wanted if found.get(name, (0, 1))[1] == 0]
            unexplained += [name for name in wanted if name not in passed and not why(name)]
            print(f"{leg}: {len(passed)} of {len(wanted)} scored server scenarios pass", *set(wanted) - set(passed))
            lines += ["", f"### Server, {leg}: {len(passed)} of {len(wanted)} scored scenarios", ""]
            lines += ["| scenario | checks passed | failed | |", "|---|---|---|---|"]
            for name in wanted:
                good, bad = found.get(name, (0, 1))
                lines.append(f"| {name} | {good} | {bad} | {'passes' if name in passed else why(name)} |")
    page = ROOT / "docs" / "conformance.md"
    before, _, _ = page.read_text().partition(SERVER_MARK)
    page.write_text(before.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
