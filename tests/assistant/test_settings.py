"""Settings: later sources win, and a wrong key is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings.settings import load_settings
from assistant.settings.sources import FILE_NAME
from client.client_errors import ConfigurationError


def test_later_sources_win_key_by_key(tmp_path: Path) -> None:
    user, working = tmp_path / "user", tmp_path / "working"
    user.mkdir()
    working.mkdir()
    (user / FILE_NAME).write_text('deadline = 5.0\n[voice]\nname = "en-gb"\nvolume = 10\n')
    (working / FILE_NAME).write_text("[voice]\nvolume = 20\n")
    environment = {"MCQUEEN_VOICE__WORDS_PER_MINUTE": "150", "MCP_SERVER_URL": "http://127.0.0.1:1/mcp"}
    settings = load_settings(environment, user_folder=user, working_folder=working)
    voice = settings.voice
    assert (settings.deadline, voice.name, voice.volume, voice.words_per_minute) == (5.0, "en-gb", 20, 150)
    assert settings.servers == {"default": {"url": "http://127.0.0.1:1/mcp"}}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("[voice]\nnmae = 1\n", "no setting voice.nmae"), ("[voice]\nvolume = 900\n", "voice.volume"), ("[", "not TOML")],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        load_settings({}, user_folder=tmp_path / "none", working_folder=tmp_path)
    assert complaint in str(refused.value)
    assert FILE_NAME in str(refused.value)


def test_conversations_are_kept_only_when_asked_for() -> None:
    assert load_settings({}, user_folder=Path("/nowhere"), working_folder=Path("/nowhere")).journal is False


@pytest.mark.proves("S.rules")
def test_supervision_is_set_by_file_or_by_the_names_that_other_programs_use(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("[supervision]\nmax_retries = 1\nhealth_check_interval = 500\n")
    rules = load_settings({}, user_folder=tmp_path, working_folder=tmp_path).upkeep.rules
    assert (rules.check, rules.auto_restart, rules.restarts) == (0.5, True, 1)
    environment = {"MCP_HEALTH_CHECK_INTERVAL": "60000", "MCP_AUTO_RESTART": "false", "MCP_MAX_RETRIES": "5"}
    rules = load_settings(environment, user_folder=tmp_path, working_folder=tmp_path).upkeep.rules
    assert (rules.check, rules.auto_restart, rules.restarts) == (60.0, False, 5)
    with pytest.raises(ConfigurationError, match=r"the environment: supervision\.max_retries: .*integer"):
        load_settings({"MCP_MAX_RETRIES": "many"}, user_folder=tmp_path, working_folder=tmp_path)


@pytest.mark.proves("S.rules")
@pytest.mark.parametrize("text", ["{", '{"mcpServers": []}', '{"mcpServers": {"a": 1}}', '{"stopped": "a"}', "[]"])
def test_a_broken_file_of_added_servers_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "servers.json").write_text(text)
    with pytest.raises(ConfigurationError, match=r"servers\.json"):
        load_settings({}, user_folder=tmp_path, working_folder=tmp_path / "none")


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mcqueen.toml").write_bytes(b"\xef\xbb\xbf" + b'[servers.home]\nurl = "http://127.0.0.1:8080/mcp"\n')
    assert "home" in load_settings().servers


def test_a_file_in_another_encoding_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "mcqueen.toml").write_bytes("[servers.home]\n".encode("utf-16"))
    with pytest.raises(ConfigurationError, match=r"mcqueen\.toml is not UTF-8 text; save it as UTF-8"):
        load_settings({}, user_folder=tmp_path, working_folder=tmp_path)
