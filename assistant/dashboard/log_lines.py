"""The last lines of the program's own log, for the dashboard, since an app on the terminal leaves no room for stderr.

Limited in size; readers fetch lines at their own pace, so that a flood of lines never blocks the event loop.
"""

from __future__ import annotations

import logging
from collections import deque

MOST_LINES = 500


class LogLines(logging.Handler):
    """Collects log lines while the app runs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
        self.lines: deque[str] = deque(maxlen=MOST_LINES)
        self.count = 0
        """Number of lines so far, so that a reader knows whether there are new ones."""
        self._before: list[logging.Handler] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Store a line."""
        for line in self.format(record).splitlines():
            self.lines.append(line[:300])
            self.count += 1

    def install(self) -> None:
        """Replace the handlers that write to the terminal."""
        root = logging.getLogger()
        self._before = [handler for handler in root.handlers if type(handler) is logging.StreamHandler]
        for handler in self._before:
            root.removeHandler(handler)
        root.addHandler(self)

    def remove(self) -> None:
        """Restore those handlers."""
        root = logging.getLogger()
        root.removeHandler(self)
        for handler in self._before:
            root.addHandler(handler)
        self._before = []

    def failed(self, name: str, error: BaseException) -> None:
        """Log the error that ended a worker, with its place in the code."""
        logging.getLogger(__name__).error("%s failed", name, exc_info=error)


def innermost_words(error: BaseException) -> str:
    """Return an error in words; for a group of errors, the first one."""
    inner = error
    while isinstance(inner, BaseExceptionGroup) and inner.exceptions:
        inner = inner.exceptions[0]
    return str(inner) or type(inner).__name__
