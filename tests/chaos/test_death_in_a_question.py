"""McQueen is killed with -9 while a read-back waits for its yes, and started again: in the car, and as a chat's server.

The server of the tools is the judge: it runs on and counts what was done.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from assistant.serving.state.secret_keys import load_secrets, mint_login_token
from client.clock import SystemClock
from tests.chaos.bank import ROOT
from tests.doors.oracle import Oracle
from tests.doors.ways import SENTENCE

pytestmark = pytest.mark.proves("D.unfinished", "P1.read-back", "P2.death")
SECONDS = 60.0
PAID = ("pay_bill", {"amount": 5})


@asynccontextmanager
async def started(folder: Path, url: str, *words: str) -> AsyncIterator[Process]:
    """Run `mcqueen` with folders of its own, killed with -9 at the end of the block."""
    folders = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "HOME")}
    environment = {**os.environ, **folders, "MCP_SERVER_URL": url, "MCQUEEN_CAR__TOOLS": "false"}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant.cli", *words, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE
    )
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        assert await child.wait() == -9


async def said(child: Process, words: str) -> str:
    """Return the next line of a plain conversation with these words in it."""
    assert child.stdout is not None
    async with asyncio.timeout(SECONDS):
        while line := (await child.stdout.readline()).decode():
            if words in line:
                return line
    raise AssertionError(f"it ended without {words!r}")


async def type_line(child: Process, text: str) -> None:
    assert child.stdin is not None
    child.stdin.write(f"{text}\n".encode())
    await child.stdin.drain()


async def test_in_the_car_the_question_is_taken_up_and_the_old_yes_does_nothing(tmp_path: Path) -> None:
    async with Oracle().serving() as oracle:
        async with started(tmp_path, oracle.url, "dashboard", "--plain") as child:
            await type_line(child, SENTENCE)
            await said(child, "Shall I pay this?")
        for answer in ("yes", "yes"):  # the first is given to the offer and killed once it is read back
            async with started(tmp_path, oracle.url, "dashboard", "--plain") as child:
                assert "Pay bill" in await said(child, "Shall I go on?")
                await type_line(child, answer)
                assert "5" in await said(child, "Shall I pay this?")
                assert oracle.effects == []
        async with started(tmp_path, oracle.url, "dashboard", "--plain") as child:
            await said(child, "Shall I go on?")
            await type_line(child, "yes")
            await said(child, "Shall I pay this?")
            await type_line(child, "yes")
            await said(child, "It is done")
        assert oracle.effects == [PAID]
        async with started(tmp_path, oracle.url, "dashboard", "--plain") as child:
            await type_line(child, "what did you do today")
            assert "Shall I go on?" not in await said(child, "Pay bill")
        assert oracle.effects == [PAID]


class Phone:
    """A program that chats with the served process. It keeps the number of the last line that it has."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.after = 0

    async def lines(self) -> str:
        """Return what waits for it."""
        return self._read(await self.http.get("/chat", params={"after": self.after}))

    async def say(self, text: str) -> str:
        return self._read(await self.http.post("/chat", json={"text": text, "after": self.after}))

    def _read(self, answer: httpx.Response) -> str:
        assert answer.status_code == 200, answer.text
        self.after = answer.json()["last"]
        return " ".join(line["text"] for line in answer.json()["lines"])


@asynccontextmanager
async def chatting(folder: Path, url: str) -> AsyncIterator[Phone]:
    """Serve the oracle's tools in a process of its own, and chat with it."""
    secrets = load_secrets(folder / "XDG_CONFIG_HOME" / "mcqueen" / "serving-secrets.json", {})
    async with started(folder, url, "serve", "--port", "0", "--no-metrics", "--face", "rest") as child:
        ready = json.loads(await said(child, '"ready"'))
        async with httpx.AsyncClient(base_url=ready["faces"]["rest"], trust_env=False, timeout=SECONDS) as http:
            token = mint_login_token(secrets.jwt_secret, "anna", now=SystemClock().now(), seconds=600)
            body = {"user_id": "anna", "auth_token": token}
            session = (await http.post("/auth/login", json=body)).json()["session"]["session_id"]
            http.headers["Authorization"] = f"Bearer {session}"
            yield Phone(http)


async def test_in_a_chat_the_question_is_taken_up_and_the_old_yes_does_nothing(tmp_path: Path) -> None:
    async with Oracle().serving() as oracle:
        async with chatting(tmp_path, oracle.url) as phone:
            asked = await phone.say(SENTENCE)
            assert "Shall I pay this?" in asked
        async with chatting(tmp_path, oracle.url) as phone:
            assert "Shall I pay this?" in await phone.say("yes")  # meant for the read-back of before the restart
            assert oracle.effects == []
        async with chatting(tmp_path, oracle.url) as phone:
            assert "Shall I go on?" in await phone.lines()
            assert await phone.say("yes") == asked
            assert oracle.effects == []
            await phone.say("yes")
            assert oracle.effects == [PAID]
        async with chatting(tmp_path, oracle.url) as phone:
            assert await phone.lines() == ""
        assert oracle.effects == [PAID]
