"""Settings: later sources win, and a wrong key is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import FILE_NAME, load_settings
from client.errors import ConfigurationError


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
