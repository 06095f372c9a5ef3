"""Words a failure: one short sentence that names the argument or the cause, never a library's raw dump. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from assistant.wording.dates_and_lists import spoken_list
from assistant.wording.languages import wording
from assistant.wording.results.markup import plain
from assistant.wording.results.names import unit_of, words_of
from client.catalog import Tool
from client.values import JSON

LONGEST = 2_000
"""Characters of an error that are examined."""
MOST_WORDS = 30
"""Most words of a cause that are said."""
_PREFIX = re.compile(
    r"\s*(?:Error executing tool [\w./-]+(?::|\.?$)|Error calling tool '?[\w./-]+'?(?::|\.?$)|Error in [\w./-]+:|"
    r"Failed to execute tool [\w./-]+:|"
    r"MCP error -?\d+:|JSON-?RPC error -?\d*:|Tool execution (?:failed|error):|Input validation error:|"
    r"\[[A-Z_ ]{2,20}\](?=\s)|"
    r"Output validation error:|Invalid arguments for tool [\w./-]+:|Invalid arguments:(?=\s*[\[{])|Validation error:|"
    r"Internal (?:server )?error:|Unexpected error:|Uncaught exception:|"
    r"An? (?:unexpected )?error occurred(?: while [\w ]+)?:|"
    r"(?:[A-Z]\w+ ){1,3}(?:Error|Exception|Failure)\s*:|"
    r"\[?(?:error|fatal|exception|failure)\]?\s*:|[A-Z]\w*(?:Error|Exception|Failure)\s*:|ValidationError:|❌|⚠️?)\s*",
    re.IGNORECASE,
)
"""Text that libraries put before the words of a server."""
_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\).*?\b([\w.]+(?:Error|Exception|Exit|Interrupt)): ?", re.DOTALL
)
_STACK = re.compile(r"\s+at [\w.<>$ ]+ ?\((?:file|node|/|https?:)[^)]*\).*", re.DOTALL)
_OF_PROGRAMS = re.compile(
    r"Cannot (?:read|set) propert|is not a function|is not iterable|has no attribute|NoneType|index out of range|"
    r"unexpected keyword argument|positional argument|is not subscriptable|Unexpected (?:token|end of JSON)|"
    r"not JSON serializable|\[object Object\]|\bname '\w+' is not defined|\b\w+ is not defined$|"
    r"unsupported operand type|offset-naive|not supported between instances|\btakes \d+ positional|object of type|"
    r"\b(?:elicitation|sampling|roots|tools|resources|prompts|notifications|completion|logging)/\w+|"
    r"\btransport (?:context|closed|error)|back-?channel|server-initiated|\bcoroutine\b|\bevent loop\b|\bcallback\b|"
    r"\bmiddleware\b|\bstack trace\b|\bsegmentation fault\b|\bcore dumped\b|\b0x[0-9a-f]{4,}|<[\w.]+ object\b|"
    r"\bSQLSTATE\b|\bno such (?:table|column)\b|\bnull pointer\b|\b\w+\.\w+\.\w+\(|\b[a-z]\w*_\w+\(|"
    r"\bmethod not found\b|\bserializ(?:e|able)\b|\bdeserializ|\bunmarshal|\bsubprocess\b|"
    r"\bexit(?:ed)? (?:with )?code \d|"
    r"validation errors? for \w+(?:Output|Result|Response)\b|(?:Key|Attribute|Type|Index|Name|Reference)Error\b"
)
"""Bugs of the server's program, whose words do not help a driver."""
_PYDANTIC = re.compile(r"\d+ validation errors? for \S+\s+(.*?)(?:\s*\[type=(\w+)|$)", re.DOTALL)
_NOT_PARSED = re.compile(
    r"time data '([^']{1,60})' does not match|Invalid isoformat string: '([^']{1,60})'|"
    r"(?:could not convert string to float|invalid literal for int\(\) with base \d+): '([^']{1,60})'|"
    r"Unknown string format:? '?([^':]{1,60})",
    re.IGNORECASE,
)
"""What libraries say of a text that is no date or number to them."""
_ZOD_PLACE = re.compile(
    r"(Invalid (?:input|option|string|type|value)[^;\n]*?|Required|Too (?:small|big)[^;\n]*?) at ([\w.\[\]-]+)"
)
_SYSTEM: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"\bENOENT\b|\bno such file or directory\b|\bFileNotFoundError\b", "no_file"),
        (r"\bE(?:ACCES|PERM)\b|\bpermission denied\b", "not_allowed"),
        (
            r"\bECONNREFUSED\b|\bENOTFOUND\b|\bEAI_AGAIN\b|\bECONNRESET\b|getaddrinfo|name resolution|\bfetch failed\b|"
            r"connection (?:refused|reset|error)|max retries exceeded|network is unreachable|cannot connect to host",
            "no_source",
        ),
        (r"\bETIMEDOUT\b|\btimed? ?out\b|\bdeadline exceeded\b", "too_slow"),
        (
            r"\b(?:status(?: code)?|HTTP(?: error)?)\s*:?\s*(?:401|403)\b|\b40[13] (?:unauthorized|forbidden)\b",
            "no_right",
        ),
        (r"\b(?:status(?: code)?|HTTP(?: error)?)\s*:?\s*404\b|\b404 not found\b", "not_found"),
        (r"\b(?:status(?: code)?|HTTP(?: error)?)\s*:?\s*429\b|\b429 too many\b|rate limit", "too_many"),
        (r"\b(?:status(?: code)?|HTTP(?: error)?)\s*:?\s*5\d\d\b|\b50\d (?:internal|bad gateway|service)", "broken"),
    )
)
_BAD_STATES = frozenset("error failed failure fail".split())


def refusal_in(value: JSON, tool: Tool) -> str | None:
    """Return the sentence of a failure inside a result; None if the result is no failure.

    `{"error": ...}`, `{"success": false}`, `{"status": "error"}` and a text that begins with "Error:" are failures.
    """
    if isinstance(value, str):
        return cause(value, tool) if _NOT_PARSED.search(value) or re.match(r"\s*(?:❌\s*)?(?:[A-Za-z]\w* ){0,3}(?:error|exception)\b\s*:|\s*traceback \(|\s*❌", value, re.IGNORECASE) else None  # fmt: skip  # noqa: E501  # one condition
    if not isinstance(value, dict):
        return None
    error = value.get("error") or value.get("errors")
    state = str(value.get("status", "")).lower()
    denied = any(value.get(key) is False for key in ("success", "ok", "succeeded", "valid_request"))
    denied = denied or value.get("isError") is True or value.get("is_error") is True or state in _BAD_STATES
    if not denied and (not error or isinstance(error, bool | int | float)):
        return None
    for found in (error, value.get("message"), value.get("reason"), value.get("detail"), value.get("text")):
        message = _message(found)
        if message:
            return cause(message, tool)
    return wording().text("errors", "refused")


def _message(found: JSON) -> str:
    if isinstance(found, str):
        return found
    if isinstance(found, list) and found:
        return _message(found[0])
    if isinstance(found, dict):
        for key in ("message", "detail", "reason", "description", "title", "msg", "code"):
            if isinstance(found.get(key), str):
                return str(found[key])
    return ""


def cause(message: str, tool: Tool) -> str:
    """Return one short sentence about an error: the argument or the cause; else the service's refusal."""
    message = message[:LONGEST]
    stripped = _without_frames(message)
    if _OF_PROGRAMS.search(message):
        return wording().text("errors", "refused")
    about = _argument(message, stripped, tool)
    if about:
        return about
    for pattern, name in _SYSTEM:
        if pattern.search(stripped) and (len(stripped.split()) > MOST_WORDS or re.search(r"\bE[A-Z_]{3,}\b|\d{3}|Error|errno|failed", stripped) or len(plain(stripped).split()) < 4):  # fmt: skip  # noqa: E501  # one condition
            return wording().text("errors", name)
    parsed = _dumped(stripped)
    if parsed is not None:
        return cause(parsed, tool) if parsed else wording().text("errors", "refused")
    said = _first_sentences(plain(stripped))
    return said if _can_be_said(said, stripped) else wording().text("errors", "refused")


def _without_frames(message: str) -> str:
    """Return the message without the text that libraries add."""
    found = list(_TRACEBACK.finditer(message))
    text = message[found[-1].end() :] if found else message
    text = re.sub(r"\s*\bstdout:.*$", "", re.sub(r"^.*?\bstderr:\s*", "", _STACK.sub("", text), flags=re.I | re.S), flags=re.I | re.S)  # fmt: skip  # noqa: E501  # one expression
    text = re.sub(r"\s*For (?:further|more) information,?:? ?(?:visit|see)?:?\s*(?:- )?https?://\S+", "", text)
    before = None
    while before != text:
        before, text = text, _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text
    return text.strip()


def _argument(message: str, stripped: str, tool: Tool) -> str:
    """Return the problem and the argument of a validation library's report; empty if it is no such report."""
    name, kind = "", ""
    pydantic = _PYDANTIC.search(message)
    zod = _ZOD_PLACE.search(message)
    listed = _zod_issue(stripped)
    if pydantic:
        name = _first_word(pydantic[1], tool)
        kind = f"{pydantic[1][len(name) :]} {pydantic[2] or ''}"
    elif listed:
        name, kind = listed
    elif zod:
        name, kind = zod[2], f"{zod[1]} {'missing' if 'received undefined' in zod[1] else ''}"
    else:
        found = re.match(r"'([\w.-]+)' is a required property|(?:Missing|Required) (?:required )?(?:argument|parameter|field|property)s?:? '?([\w.-]+)'?", stripped)  # fmt: skip  # noqa: E501  # one pattern
        if found is None:
            return _value_not_taken(stripped)
        name, kind = found[1] or found[2], "missing"
    spoken = _spoken_name(name, tool)
    if not spoken:
        return wording().text("errors", "not_taken")
    return wording().text("errors", _kind_of(kind), name=spoken, **_options(kind))


def _value_not_taken(stripped: str) -> str:
    """Return a sentence that a value is rejected, for jsonschema's messages: "'lots' does not match '^[0-9]+$'"."""
    parsed = _NOT_PARSED.search(stripped)
    if parsed:
        said = plain(next(part for part in parsed.groups() if part))
        return wording().text("errors", "not_this", value=said) if said else ""
    found = re.match(
        r"'([^']{1,40})' (?:does not match '|is not one of \[|is not of type |is too (?:long|short))", stripped
    )
    said = plain(found[1]) if found else ""
    return wording().text("errors", "not_this", value=said) if said else ""


def _first_word(text: str, tool: Tool) -> str:
    first = text.split()[0] if text.split() else ""
    return first if first.partition(".")[0] in tool.properties or re.fullmatch(r"[a-z][\w.]*", first) else ""


def _zod_issue(stripped: str) -> tuple[str, str] | None:
    """Return path and message of zod's first issue in a JSON dump, even a truncated one."""
    if not re.match(r"\s*[\[{]", stripped):
        return None
    path = re.search(r'"path":\s*\[\s*"?([\w.-]+)"?', stripped)
    message = re.search(r'"message":\s*"((?:[^"\\]|\\.)*)"', stripped)
    if path is None or message is None:
        return None
    missing = "missing" if re.search(r'"received":\s*"undefined"|received undefined', stripped) else ""
    return path[1], f"{message[1]} {missing}"


def _spoken_name(name: str, tool: Tool) -> str:
    """Return a parameter's name in words; empty for one letter."""
    words = " ".join(words_of(re.sub(r"[.\[\]]|\d+", " ", name)))
    words = unit_of(words)[1] or words  # "weight", of "weight_kg"
    return wording().table("labels").get(words, words)


def _kind_of(kind: str) -> str:
    text = kind.lower()
    if "missing" in text or "required" in text:
        return "missing"
    if "literal_error" in text or "enum" in text or "invalid option" in text or "expected one of" in text:
        return "choice" if _few(kind) else "wrong"
    if re.search(r"valid (?:number|integer)|int_parsing|float_parsing|expected (?:number|int)", text):
        return "number"
    if re.search(r"valid (?:date|datetime|time)|(?:date|time)\w*_(?:parsing|from)", text):
        return "moment"
    return "wrong"


def _few(kind: str) -> list[str]:
    found = re.findall(r"'([^']{1,40})'|\"([^\"]{1,40})\"", kind)
    options = [one or other for one, other in found]
    return options if 1 < len(options) <= 4 else []


def _options(kind: str) -> Mapping[str, str]:
    return {"options": spoken_list([plain(option) for option in _few(kind)], "or")}


def _dumped(stripped: str) -> str | None:
    """Return the message in an error that is JSON; empty if it has none; None if it is not JSON."""
    if not re.match(r"\s*[\[{]", stripped):
        return None
    try:
        found = json.loads(stripped)
    except (ValueError, RecursionError):
        return ""
    if isinstance(found, dict):
        return _message(found.get("error")) or _message(found)
    return _message(found) if isinstance(found, list) else ""


def _first_sentences(text: str) -> str:
    """Return the first sentence, and the second if both are short."""
    first, *others = re.split(r"(?<=[.?!])\s+(?=[A-Z0-9])", text)
    if others and len(first.split()) + len(others[0].split()) <= MOST_WORDS // 2:
        first = f"{first} {others[0]}"
    first = first[:1].upper() + first[1:]
    words = first.split()
    if len(words) > MOST_WORDS:
        cut = " ".join(words[:MOST_WORDS])
        first = re.split(r"[,;:](?=[^,;:]*$)", cut)[0] if re.search(r"[,;:]", cut) else cut
    first = first.strip(" ,;:-")
    return first if not first or first.endswith((".", "?", "!")) else f"{first}."


def _can_be_said(said: str, raw: str) -> bool:
    """Return whether meaningful words are left: two words of letters, or one of a sentence."""
    words = re.findall(r"[^\W\d_]{2,}", said)
    return len(words) >= 2 and not re.fullmatch(r"\s*[/\\~]\S*\s*", raw)
