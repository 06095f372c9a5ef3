"""The log of `mcqueen serve` as the environment says: LOG_LEVEL, and LOG_FILE beside the terminal. Decides no words."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path

from client.client_errors import ConfigurationError

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_MOST_BYTES, _KEPT = 10 * 2**20, 5
"""A log file of more than 10 MiB is put aside, and the last five of them are kept."""


def open_log(environment: Mapping[str, str]) -> None:
    """Set up the log; without LOG_LEVEL what was refused, to whom and why, and warnings of all else.

    Raises `ConfigurationError` naming the variable.
    """
    serving = logging.getLogger("assistant.serving")
    serving.setLevel(logging.INFO)
    wanted = environment.get("LOG_LEVEL", "").strip().lower()
    if wanted:
        if wanted not in _LEVELS:
            raise ConfigurationError(f"LOG_LEVEL must be one of {', '.join(_LEVELS)}, not {wanted[:40]!r}")
        logging.getLogger().setLevel(_LEVELS[wanted])
        serving.setLevel(_LEVELS[wanted])
    if place := environment.get("LOG_FILE", "").strip():
        logging.getLogger().addHandler(_file(Path(place)))


def _file(path: Path) -> logging.Handler:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        handler = RotatingFileHandler(path, maxBytes=_MOST_BYTES, backupCount=_KEPT, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"LOG_FILE {path} cannot be written: {error.strerror}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler
