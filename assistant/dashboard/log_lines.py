"""The last lines of the program's own log, for the dashboard: a terminal that shows an app has no place for stderr.

Bounded, and read by whoever shows it at its own pace, so that a flood of lines costs the loop nothing.
"""

from __future__ import annotations

import logging
from collections import deque

MOST_LINES = 500


class LogLines(logging.Handler):
    """Takes what is logged while the app runs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
        self.lines: deque[str] = deque(maxlen=MOST_LINES)
        self.count = 0
        """Lines ever taken: whoever shows them sees by it whether there is something new."""
        self._before: list[logging.Handler] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        for line in self.format(record).splitlines():
            self.lines.append(line[:300])
            self.count += 1

    def install(self) -> None:
        """Take the place of what would write on the terminal."""
        root = logging.getLogger()
        self._before = [handler for handler in root.handlers if type(handler) is logging.StreamHandler]
        for handler in self._before:
            root.removeHandler(handler)
        root.addHandler(self)

    def remove(self) -> None:
        """Give the place back."""
        root = logging.getLogger()
        root.removeHandler(self)
        for handler in self._before:
            root.addHandler(handler)
        self._before = []

    def failed(self, name: str, error: BaseException) -> None:
        """Log what ended a worker, with where."""
        logging.getLogger(__name__).error("%s failed", name, exc_info=error)


def innermost_words(error: BaseException) -> str:
    """Return an error in words; of a group of errors, the first one's."""
    inner = error
    while isinstance(inner, BaseExceptionGroup) and inner.exceptions:
        inner = inner.exceptions[0]
    return str(inner) or type(inner).__name__
