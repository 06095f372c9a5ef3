"""The log of `mcqueen serve` as the environment sets it: LOG_LEVEL, and LOG_FILE in addition to stderr.

Decides no words.
"""

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
_MOST_BYTES = 10 * 2**20
"""Size at which a log file is rotated."""

_KEPT = 5
"""Number of rotated log files that are kept."""


def open_log(environment: Mapping[str, str]) -> None:
    """Set up the log.

    Without LOG_LEVEL it shows refusals, with reason and user, and warnings. Raises `ConfigurationError`, which names
    the variable.
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
