"""What is told of a dead process is the error, as real runtimes printed it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from client.servers.mcp.stdio import StdioServer
from client.servers.processes.last_words import told_error
from client.servers.tool_server import ServerUnavailableError

NODE = """file:///srv/crash.mjs:1
throw new Error("DATABASE_URL is not set");
      ^

Error: DATABASE_URL is not set
    at file:///srv/crash.mjs:1:7
    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)

Node.js v20.20.2"""
NODE_CAUSE = """TypeError: fetch failed
    at file:///srv/j.mjs:1:16
    at async asyncRunEntryPointWithESMLoader (node:internal/modules/run_main:117:5) {
  [cause]: Error: ECONNREFUSED
      at file:///srv/j.mjs:1:54
}

Node.js v20.20.2"""
NPM = """npm error code E404
npm error 404 Not Found - GET https://registry.npmjs.org/none
npm error 404
npm error 404 Note that you can also install from a
npm error A complete log of this run can be found in: /home/me/.npm/_logs/debug-0.log"""
RUST = """thread 'main' panicked at src/main.rs:2:5:
no config file
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"""
GO = """panic: open config.yaml: no such file or directory

goroutine 1 [running]:
main.main()
\t/src/main.go:9 +0x1d
exit status 2"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (NODE, "Error: DATABASE_URL is not set"),
        (NODE_CAUSE, "TypeError: fetch failed"),
        (NPM, "npm error 404 Not Found - GET https://registry.npmjs.org/none"),
        (RUST, "no config file"),
        (GO, "panic: open config.yaml: no such file or directory"),
        ("Server 1.0\nusage: server --db PATH", "usage: server --db PATH"),
        ("listening\nstopped", "stopped"),
        ("", ""),
    ],
)
def test_the_error_is_told_and_not_the_stack_around_it(text: str, told: str) -> None:
    assert told_error(text.splitlines()) == told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise ValueError('DB_PATH is missing')", "ValueError: DB_PATH is missing"),
        ("raise SystemExit('give --db PATH')", "give --db PATH"),
        (
            "import asyncio\nasync def f(): raise ValueError('DB_PATH is missing')\n"
            "async def m():\n  async with asyncio.TaskGroup() as g: g.create_task(f())\nasyncio.run(m())",
            "ValueError: DB_PATH is missing",
        ),
        (
            "try: 1/0\nexcept ArithmeticError as e: raise RuntimeError('no store') from e",
            "RuntimeError: no store",
        ),
        (
            "import argparse\np = argparse.ArgumentParser(prog='s')\n"
            "p.add_argument('--db', required=True)\np.parse_args()",
            "s: error: the following arguments are required: --db",
        ),
        ("import pydantic\nclass S(pydantic.BaseModel): token: str\nS()", "token: Field required"),
    ],
)
def test_what_this_python_prints_of_an_error_is_told_in_one_line(code: str, told: str) -> None:
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told_error(ended.stderr.splitlines()).endswith(told)


async def test_a_server_that_dies_at_start_is_named_with_its_error(tmp_path: Path) -> None:
    script = tmp_path / "dies.py"
    script.write_text("def deep(): raise ValueError('no key')\ndeep()\n")
    server = StdioServer("dies", sys.executable, (str(script),))
    with pytest.raises(ServerUnavailableError, match="dies ended before it could be used: ValueError: no key"):
        await server.connect()
    await server.close()
