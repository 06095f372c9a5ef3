"""Text that strangers wrote, made fit for a terminal: nothing in it moves the cursor, changes colors or hides letters.

What is taken out shows as its code, so that nobody takes the text for another one. It knows no terminal and no color.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType

# C0 but line ends and tabs, DEL and C1 (\x9b begins commands as ESC [ does), line separators, and signs that turn the
# direction of writing, by which a name can be made to look like another.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def terminal_text(text: str) -> str:
    r"""Return the text with such characters written as `\x1b` or `\u202e`."""
    return _UNSAFE.sub(lambda found: _code(ord(found[0])), text)


def terminal_json(line: str) -> str:
    r"""Return a JSON text with such characters as JSON escapes them (`\u001b`); they stand only inside its strings."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _code(number: int) -> str:
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


class TerminalFormatter(logging.Formatter):
    """Writes records as a terminal may see them, whatever is in their message or traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        return terminal_text(super().format(record))


def show_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write the traceback of a defect to stderr, as `sys.excepthook`: its message may quote what strangers wrote."""
    sys.stderr.write(terminal_text("".join(traceback.format_exception(kind, error, trace))))
