"""The page on serving says what the program does: its options exist, its settings can be set, its limits hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli.serve_command import AUDIT_FILE, CHAT_FOLDER, STORE_FILE, command
from assistant.conversation.chat.chat_lines import MOST_LINES
from assistant.conversation.chat.chats import MOST_CHATS
from assistant.policy.timing import CHAT_ANSWER_SECONDS, CHAT_IDLE_SECONDS, YES_SECONDS
from assistant.serving.http_app import FACES
from assistant.serving.http_connections import BODY_SECONDS, HEADER_SECONDS
from assistant.serving.middleware import OLD_PATHS
from assistant.serving.request_bodies import LARGEST_FRAME, LARGEST_HEAD, MAX_BODY
from assistant.serving.rest.chat_face import LOGIN_SECONDS, MOST_SOCKETS, MOST_SOCKETS_OF_ALL
from assistant.serving.rest.rest_models import LONGEST_MESSAGE
from assistant.settings.settings import MetricsSettings, Settings

PAGE = (Path(__file__).parents[1] / "docs" / "serving.md").read_text(encoding="utf-8")


@pytest.mark.proves("G.page")
def test_every_option_on_the_page_exists_and_every_option_is_on_it() -> None:
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", CliRunner().invoke(command, ["--help"]).output)) - {"--help"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE))
    assert named <= told
    assert told - named <= {"--port", "--seed", "--service-booking"}


@pytest.mark.proves("G.page")
def test_the_rules_on_the_page_are_those_without_any() -> None:
    block = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    assert Settings.model_validate(tomllib.loads(block[1])).metrics.alerts == MetricsSettings().alerts


@pytest.mark.proves("G.page")
def test_paths_files_and_limits_on_the_page_are_those_of_the_program() -> None:
    for path in (*FACES.values(), *OLD_PATHS, STORE_FILE, AUDIT_FILE):
        assert path in PAGE
    assert f"{MAX_BODY // 2**20} MiB, {BODY_SECONDS:g} s, {LARGEST_HEAD // 1024} KiB, {HEADER_SECONDS:g} s" in PAGE
    assert f"| {LONGEST_MESSAGE:,} characters, {MOST_SOCKETS}, {MOST_SOCKETS_OF_ALL:,} |" in PAGE


@pytest.mark.proves("G.page", "G.chat")
def test_the_figures_of_the_chat_on_the_page_are_those_of_the_program() -> None:
    page = " ".join(PAGE.split())
    for told in (
        f"{MOST_CHATS} conversations are kept in a process; ",
        f"one that nobody used for {CHAT_IDLE_SECONDS / 60:g} minutes ends",
        f"A message waits {CHAT_ANSWER_SECONDS:g} s",
        f"within {YES_SECONDS:g} s, once",
        f"the first message within {LOGIN_SECONDS:g} s",
        f"1009 above {LARGEST_FRAME // 1024} KiB",
        f"(the last {MOST_LINES} are kept)",
        f"`{CHAT_FOLDER}` in the data folder",
    ):
        assert told in page
