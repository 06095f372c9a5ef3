"""Why a process died: the error itself, taken from the stack trace that runtimes print around it.

Pure. It knows how Python, Node and other runtimes print an uncaught error, and no particular program.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_TREE = re.compile(r"^(?:[\s|+\-]*(?=[^\s|+\-])|.*)")
"""What Python draws in front of the lines of an exception group."""
_ERROR = re.compile(
    r"^(?:\[?[\w.$]*(?:Error|Exception|Exit|Interrupt|Warning)\b[^:]{0,40}\]?:?"
    r"|panic:|fatal(?: error)?:|error:|.{1,60}?: error:)",
    re.IGNORECASE,
)
_GROUP = re.compile(r"^(?:\w+\.)*(?:Base)?ExceptionGroup\b|^Exception Group Traceback")
_AROUND = re.compile(
    r"^(?:at\s|File \"|Traceback|During handling|The above exception|node:|file://|Node\.js v|throw\s|note: "
    r"|goroutine\s|\^+$|~*\^+~*$|npm (?:error|ERR!) A complete log|For further information|exit status"
    r"|stack backtrace|\}$)",
    re.IGNORECASE,
)
_VALIDATION = re.compile(r"\b\d+ validation errors? for \w+$")
"""pydantic names the field in the next line and what is wrong with it in the one after."""
_PANIC = re.compile(r"^thread '.*' (?:\(\d+\) )?panicked at ")
_NPM = re.compile(r"^npm (?:error|ERR!) +(?!code\b|errno\b|syscall\b)", re.IGNORECASE)


def told_error(lines: Sequence[str]) -> str:
    """Return the line of stderr that says what went wrong; empty if there are no lines."""
    plain = [line for line in lines if line.strip()]
    found = ""
    for position, line in enumerate(plain):
        said = _TREE.sub("", line, count=1).strip()
        indented = line[:1].isspace() and line.strip() == said
        if _PANIC.match(said) and position + 1 < len(plain):
            found = plain[position + 1].strip()
        elif _NPM.match(said):
            found = found if found.startswith("npm ") else said
        elif not indented and _ERROR.match(said) and not _GROUP.match(said) and not _AROUND.match(said):
            found = _with_message(said, plain[position + 1 :])
    if found:
        return found
    rest = [line.strip() for line in plain if not line[:1].isspace() and not _AROUND.match(line.strip())]
    return rest[-1] if rest else plain[-1].strip() if plain else ""


def _with_message(said: str, after: Sequence[str]) -> str:
    """Return an error line with the lines after it, if it ends before it says anything."""
    if _VALIDATION.search(said) and len(after) > 1:
        return f"{said.partition(':')[0]}: {after[0].strip()}: {after[1].partition('[')[0].strip()}"
    if said.endswith(":") and after and not _AROUND.match(after[0].strip()):
        return f"{said} {after[0].strip()}"
    return said
