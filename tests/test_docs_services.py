"""docs/services.md: its settings are read, and its limits are those of the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from assistant.services.calendar.dav import MOST_KEPT
from assistant.services.files.file_finding import MOST_LOOKED_AT
from assistant.services.files.file_service import TOLD as TOLD_OF_A_FILE
from assistant.services.files.file_tools import MOST_CHANGES
from assistant.services.files.kept_listings import SECONDS
from assistant.services.files.trash import KEPT_DAYS
from assistant.services.files.trash import MOST as MOST_ENTRIES
from assistant.services.mail.fetched_mails import FETCHED
from assistant.services.mail.inbox import MOST, TOLD, WINDOWS
from assistant.services.mail.message_parsing import LONGEST_BODY
from assistant.services.mail.outgoing import AGAIN_AFTER, AWAY_FOR
from assistant.services.service_accounts import ACCOUNTS
from client.calls.call_settings import CallSettings
from client.configuration.server_entries import read_entry

PAGE = (Path(__file__).parents[1] / "docs" / "services.md").read_text(encoding="utf-8")


@pytest.mark.proves("G.services")
def test_the_settings_shown_are_read_and_hold_no_secret() -> None:
    all_of_them, by_oauth = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    servers = tomllib.loads(all_of_them)["servers"]
    assert set(servers) == {"mail", "calendar", "weather", "files", "github", "messages"}
    servers["mail by OAuth"] = tomllib.loads(by_oauth)["servers"]["mail"]
    for name, raw in servers.items():
        entry = read_entry(name, raw)
        assert entry.args[:2] == ["-m", f"assistant.services.{name.split()[0]}"]
        assert "password" not in str(raw)


def test_every_service_with_a_login_in_the_browser_is_listed() -> None:
    assert [name for name in ACCOUNTS if f"| `{name}` |" not in PAGE] == []


def test_the_limits_shown_are_those_of_the_code() -> None:
    assert f"told: {TOLD} unread at a time" in PAGE
    assert f"a search finds the newest {MOST}" in PAGE
    assert "{:,} mails and then {:,} at a time".format(*WINDOWS) in PAGE
    assert f"up to {MOST_KEPT:,} files" in PAGE
    assert (AGAIN_AFTER, AWAY_FOR, CallSettings().deferred_for) == (300.0, 30.0, 4 * 3600.0), (
        "five minutes, half a minute"
    )
    assert f"{TOLD_OF_A_FILE} characters are read aloud" in PAGE
    assert f"{MOST_LOOKED_AT:,} files are looked at" in PAGE
    assert f"taken back for {KEPT_DAYS} days, the last {MOST_ENTRIES:,}" in PAGE
    assert f"up to {MOST_CHANGES} changes" in PAGE
    assert "a list for {list:.0f} s, a text for {read:.0f} s, a search for {find:.0f} s".format(**SECONDS) in PAGE
    assert f"{FETCHED // 1024} KiB are fetched and {LONGEST_BODY:,} letters" in PAGE
