"""A server process that misbehaves as it is told: `python unruly.py KIND`. Speaks just enough MCP, without the SDK."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any


def answer(message: dict[str, Any]) -> dict[str, Any] | None:
    """Return the result for a request of the handshake era; None where there is none."""
    method = message["method"]
    if method == "initialize":
        return {
            "protocolVersion": message["params"]["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "unruly", "version": "1"},
        }
    if method == "tools/list":
        told = os.environ.get("TOLD", "")
        names = ("process", "crash", "long", "longer", "slow", "family", "pay", "pay-and-crash")
        return {
            "tools": [{"name": name, "description": name + told, "inputSchema": {"type": "object"}} for name in names]
        }
    if method == "tools/call":
        return {"content": [{"type": "text", "text": call(message["params"]["name"])}]}
    return {} if method == "ping" else None


def call(name: str) -> str:
    if name.startswith("pay"):
        with open(os.environ["PAID"], "a") as paid:
            paid.write("paid\n")
        if name == "pay-and-crash":
            os._exit(3)
    if name == "crash":
        print("last words", file=sys.stderr, flush=True)
        os._exit(3)
    if name == "long":
        return "x" * 5_000_000
    if name == "longer":
        return "x" * 10_000_000
    if name == "slow":
        time.sleep(60)
    if name == "family":
        return json.dumps(family())
    return str(os.getpid())


def family() -> list[int]:
    """Start a child that stays in the group and a grandchild that leaves it; return all process ids."""
    script = (
        "import subprocess, sys, time\n"
        "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "print(one.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert child.stdout is not None
    return [os.getpid(), child.pid, int(child.stdout.readline())]


def main(kind: str) -> None:
    if kind == "exits":
        sys.exit("no key in the ignition")
    if kind == "hangs":
        time.sleep(600)
    if kind == "ignores-sigterm":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if kind == "floods-stdout":
        while True:
            print("Loading model ..." * 10)
    if kind == "floods-stderr":
        sys.stderr.write("warning: this is fine\n" * 400_000)
        sys.stderr.flush()
    if kind == "junk":
        print("Welcome to my server!\n{not json}\n\xff\xfe\n[1,2]", flush=True)
    for line in sys.stdin:
        message = json.loads(line)
        if kind == "deaf-to-pings" and message.get("method") == "ping":
            continue
        if "id" not in message:
            continue
        result = answer(message)
        reply = {"jsonrpc": "2.0", "id": message["id"]}
        reply |= {"result": result} if result is not None else {"error": {"code": -32601, "message": "no such method"}}
        if kind == "junk":
            print("handling a request", flush=True)
        print(json.dumps(reply), flush=True)
    if kind == "ignores-sigterm":
        time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "well")
