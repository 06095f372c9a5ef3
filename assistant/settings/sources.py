"""Where settings come from: the files, the servers that commands added, and the environment, put together unchecked.

`settings.py` checks them. A command that only needs the database finds it here, without loading what checks.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import platformdirs

from assistant.settings.servers_file import FILE_NAME as SERVERS_FILE_NAME
from assistant.settings.servers_file import ServersFile
from client.client_errors import ConfigurationError

FILE_NAME = "mcqueen.toml"
DATABASE = "mcqueen.sqlite3"
"""Name of the database file in the data folder."""
_CONTRACT_NAMES = {
    "MCP_HEALTH_CHECK_INTERVAL": "health_check_interval",
    "MCP_AUTO_RESTART": "auto_restart",
    "MCP_MAX_RETRIES": "max_retries",
}
"""Environment variables of the contracts, which other programs share; they set `supervision`."""


def servers_file(user_folder: Path | None = None) -> ServersFile:
    """Return the file of servers that commands add and stop."""
    return ServersFile((user_folder or Path(platformdirs.user_config_dir("mcqueen"))) / SERVERS_FILE_NAME)


def merged_sources(
    environment: Mapping[str, str], *, user_folder: Path | None = None, working_folder: Path | None = None
) -> dict[str, Any]:
    """Return all settings, unchecked. Raises `ConfigurationError`."""
    managed = servers_file(user_folder).read()
    merged: dict[str, Any] = {"servers": dict(managed.entries)} if managed.entries else {}
    for path in settings_files(user_folder, working_folder):
        merged = _merge(merged, _read(path))
    merged = _merge(merged, _from_environment(environment))
    for name in managed.stopped:
        entry = merged.get("servers", {}).get(name)
        if isinstance(entry, dict):
            merged["servers"][name] = {**entry, "enabled": False}
    return merged


def settings_files(user_folder: Path | None = None, working_folder: Path | None = None) -> list[Path]:
    """Return the files of settings that there are, in the order in which they count."""
    user = user_folder or Path(platformdirs.user_config_dir("mcqueen"))
    return [path for path in (user / FILE_NAME, (working_folder or Path.cwd()) / FILE_NAME) if path.is_file()]


def variable_of(place: Sequence[int | str], environment: Mapping[str, str]) -> str:
    """Return the environment variable that sets a place; "" if none does."""
    named = "MCQUEEN_" + "__".join(str(part) for part in place)
    own = {f"supervision.{key}": variable for variable, key in _CONTRACT_NAMES.items()}
    for name in environment:
        if name.upper() == named.upper() or name == own.get(".".join(map(str, place))):
            return name
    return ""


def data_folder(named: str) -> Path:
    """Return the folder of ledger, outbox, cache and journals: the one that is named in the settings, if any."""
    return Path(named) if named else Path(platformdirs.user_data_dir("mcqueen"))


def database_path() -> Path:
    """Return the database of ledger and outbox. Raises `ConfigurationError`."""
    named = merged_sources(os.environ).get("data_folder", "")
    if not isinstance(named, str):
        raise ConfigurationError("data_folder is not text; write it in quotes")
    return data_folder(named) / DATABASE


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error


def _merge(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return settings from the environment: `MCP_SERVER_URL` names a server; `MCQUEEN_VOICE__NAME=en-gb` sets
    `voice.name`.
    """
    found: dict[str, Any] = {}
    if url := environment.get("MCP_SERVER_URL"):
        found["servers"] = {"default": {"url": url}}
    for name, key in _CONTRACT_NAMES.items():
        if value := environment.get(name):
            found.setdefault("supervision", {})[key] = value
    for name, value in environment.items():
        if not name.startswith("MCQUEEN_"):
            continue
        *path, last = name.removeprefix("MCQUEEN_").lower().split("__")
        place = found
        for key in path:
            place = place.setdefault(key, {})
        place[last] = value
    return found
