"""The services as they are used: the password kept once, the server a process of its own, or inside this one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from assistant.hosting.mcp_over_host import mcp_server
from assistant.policy.sensitivity import assess
from assistant.services.mail.mail_service import MailService
from assistant.town.town_tools import tool_definitions
from client.clock import SystemClock
from client.servers.mcp.in_process import InProcessServer
from tests.assistant.services.conftest import PASSWORD, USER, SmtpServer, mail_account
from tests.assistant.services.imap_server import ImapServer, Kept
from tests.assistant.services.test_mail import raw
from tests.assistant.town.clock import SetClock


def environment(folder: Path) -> dict[str, str]:
    """What a server's process gets, with a home of its own and no keyring but the encrypted file."""
    return {"HOME": str(folder), "PATH": "/usr/bin:/bin", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def command(imap: ImapServer, smtp: SmtpServer) -> list[str]:
    places = ["--imap", f"imap://127.0.0.1:{imap.port}", "--smtp", f"smtp://127.0.0.1:{smtp.port}"]
    return ["-m", "assistant.services.mail", *places, "--user", USER, "--contact", "Anna=anna@family.example"]


def login(folder: Path, words: list[str], password: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words, "login"],
        input=f"{password}\n",
        text=True,
        capture_output=True,
        env=environment(folder),
        timeout=60,
        check=False,
    )


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.proves("G.services")
async def test_a_password_is_kept_once_and_found_by_the_servers_process(
    tmp_path: Path, imap: ImapServer, smtp: SmtpServer
) -> None:
    words = command(imap, smtp)
    imap.mails = [Kept(raw("Apples"))]
    wrong = login(tmp_path, words, "wrong")
    assert wrong.returncode == 1
    assert "refused the password" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    right = login(tmp_path, words, PASSWORD)
    assert right.returncode == 0, right.stderr
    assert not [path for path in files(tmp_path) if PASSWORD.encode() in path.read_bytes()]
    child = StdioServerParameters(command=sys.executable, args=words, env=environment(tmp_path))
    async with Client(stdio_client(child)) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["email_personal"]
        told = await client.call_tool("email_personal", {"action": "read"})
        sent = await client.call_tool("email_personal", {"action": "send", "to": ["anna"], "subject": "hi"})
    assert told.structured_content["summary"] == "One e-mail: Apples, from Dad."
    assert not sent.is_error
    assert len(smtp.post.taken) == 1


def test_without_a_password_it_says_how_to_give_one(tmp_path: Path, imap: ImapServer, smtp: SmtpServer) -> None:
    ended = subprocess.run(
        [sys.executable, *command(imap, smtp)], capture_output=True, text=True, env=environment(tmp_path), check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("run this command once with the word login")


@pytest.mark.proves("G.services")
async def test_in_process_the_tool_is_the_towns_and_reading_asks_nothing_while_sending_does() -> None:
    service = MailService(mail_account(USER, "x"), USER, SetClock())
    server = InProcessServer("mail", mcp_server(service.host()), SystemClock())
    await server.connect()
    try:
        listed = (await server.list_tools()).tools
        [tool] = listed
        towns = next(entry for entry in tool_definitions() if entry["name"] == tool.name)
        assert tool.description == towns["description"]
        assert tool.input_schema == towns["inputSchema"]
        assert not assess(tool, {"action": "read"}).sensitive
        assert assess(tool, {"action": "send", "to": ["Anna"]}).sensitive
    finally:
        await server.close()
