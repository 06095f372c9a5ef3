"""Turns text of servers (Markdown, HTML, paths, addresses, identifiers, symbols) into text that can be said.

Markdown is parsed by markdown-it-py, HTML by the standard library. Only words, figures and punctuation stay, on one
line: no bracket, fence, underscore, address with a scheme, identifier or control character. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SHORT_ITEM = 5
"""Most words of a list line that is said with only a pause."""
LONGEST = 4_000
"""Characters of a text that are examined; the rest is on the screen."""
_MARKED = re.compile(r"[*_`#>|~\[\]<&]|^\s*[-+•] |^\s*\d+[.)] |\n\s*\n", re.MULTILINE)
_KEPT_SYMBOLS = frozenset("°€$£¥%+<>~=±×½¼¾⅓⅔№℃℉²³−")  # this is the minus sign
UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
"""A UUID, as a pattern."""
_HEX = r"(?=[0-9a-fA-F]*\d)(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{7,}"
_BASE64 = r"(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[A-Za-z0-9+/_-]{22,}={0,2}"
_LABEL = (
    r"(?:\b(?:with|of|under|as)\s+)?"
    r"(?:\b(?:the\s+)?(?:id|uuid|guid|hash|sha|commit|token|key|reference)\b\s*[:=#]?\s*)?"
)
"""Words that only introduce an identifier."""
_IDENTIFIER = re.compile(
    rf"{_LABEL}[\"'(]?(?:(?<![\w.-])(?:{UUID}|{_HEX})|(?<![\w.+/-]){_BASE64})(?![\w-])[\"')]?", re.IGNORECASE | re.ASCII
)
_LONG_NUMBER = re.compile(r",?\s*\b(?:[A-Za-z]+ )?(?:ID|id|Id)\b\s*[:=#]?\s*#?\d{6,}\b")
"""A number that only programs use: "ID: 1796077416". A short one is said, since it can be used in the next request."""
_ADDRESS = re.compile(
    r"(?:\b[A-Z][\w ]{1,30}:\s*)?[<(]?\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s<>\"')\]]*[>)]?|\bdata:[\w/+.-]+;base64,\S*"
)
_PATH = re.compile(
    r"(?<![\w/.~\\])(?:[A-Za-z]:[\\/]|~?/|\\\\)(?:[\w.@+-]{1,80}[/\\]){0,20}([\w.@+-]{1,120})[/\\]?(?![\w/\\])"
)
_TAG = re.compile(r"^(?=\s*(?:[-*+] )?\[[\w ]{1,20}\]\s)(?:\s*[-*+] )?\s*\[([A-Z_ ]{1,20}|x)\][ \t]+", re.MULTILINE)
"""A mark before a line of a list: `[FILE] car.json`, `- [x] milk`."""
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
"""Escape sequences of terminals: colors, titles, links."""
_DIFF_FILE = re.compile(r"^diff --git a/\S+ b/(\S+)$\n?", re.MULTILINE)
_DIFF = re.compile(
    r"^(?:diff --git .*|index [0-9a-f]+\.\.[0-9a-f]+.*|--- .*|\+\+\+ .*|@@ .*@@.*|={20,}|Index: .*|"
    r"\\ No newline.*)$\n?",
    re.MULTILINE,
)
_DIFF_SIGNS = re.compile(r"^[+-](?=\S)", re.MULTILINE)
_OWN_WORDS = {"→": " to ", "⇒": " to ", "->": " to ", "=>": " to ", "•": ", ", "·": ", ", "|": ", ", "…": "."}


def plain(text: str) -> str:
    """Return the text for speech, on one line; empty if no part can be said."""
    cut = _TAG.sub(lambda found: "- done: " if found[1] in "xX" else "- ", _ESCAPE.sub("", text[:LONGEST]))
    if _DIFF.search(cut):
        cut = _DIFF_SIGNS.sub("", _DIFF.sub("", _DIFF_FILE.sub(r"\1.\n\n", cut)))
    if _MARKED.search(cut) or "\n" in cut:
        cut = _of_markdown(cut)
    return tidy(cut)


def tidy(text: str) -> str:
    """Return text without markup, with addresses, identifiers, paths and symbols removed or put into words."""
    text = "".join(_visible(character) for character in _ESCAPE.sub("", text))
    text = _ADDRESS.sub(" ", re.sub(r"\s+", " ", text))
    text = _IDENTIFIER.sub(" ", text)
    text = _LONG_NUMBER.sub(" ", text)
    text = _PATH.sub(r"\1", text)
    for symbol, said in _OWN_WORDS.items():
        text = text.replace(symbol, said)
    text = re.sub(r"(?<=[a-z])\((?:s|es)\)", "s", text)
    text = re.sub(r"[_\\^`{}\[\]]+", " ", text)
    text = re.sub(r"(?:^|(?<=\s))[-=+*~@#]{2,}(?=\s|$)|\*+|#(?!\s?\d)|(?<!\w)~(?!\s?\d)", " ", text)
    text = re.sub(r"[<>](?!\s?\d)|(?<=\w)>", " ", text)
    text = re.sub(r"\s*\(\s*([^()]*?)\s*\)", lambda found: f", {found[1]}," if found[1].strip(" ,.;") else "", text)
    text = re.sub(r"[()]", " ", text)
    return _punctuated(text)


def _punctuated(text: str) -> str:
    """Return the text with corrected punctuation after parts were removed."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,;:.!?])", r"\1", text)
    text = re.sub(r"[,;:]+(?=[.!?])", "", text)
    text = re.sub(r"[,;](?:\s*[,;])+", ",", text)
    text = re.sub(r",\s*:", ":", text)
    text = re.sub(r":(?:\s*[,;:])+", ":", text)
    text = re.sub(r"(?<!\.m)([.!?])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"([.!?])(?:\s*\.)+(?=\s|$)", r"\1", text)
    return text.strip(" ,;:-\t").strip()


def _visible(character: str) -> str:
    """Return the character, a space for a character that only separates words, or nothing for one that cannot be
    said."""
    if character in _KEPT_SYMBOLS or character in _OWN_WORDS:
        return character
    kind = unicodedata.category(character)
    if kind == "Cf":
        return ""
    if kind[0] in "CZ" or kind in ("So", "Sk", "Sm"):
        return " "
    return "" if "\ufe00" <= character <= "\ufe0f" else character


class _Words(HTMLParser):
    """Collects the words of HTML, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        if tag in ("br", "p", "li", "tr", "div", "h1", "h2", "h3", "td"):
            self.words.append(", ")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def _of_html(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.words)


@cache
def _markdown() -> MarkdownIt:
    """Return the parser: CommonMark with tables. Indented text is no code, because servers indent lists."""
    from markdown_it import MarkdownIt  # only if an answer has markup

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(["code", "reference"])


def _of_markdown(text: str) -> str:
    """Return the words of Markdown: headings and paragraphs as sentences, lists and rows with pauses."""
    tokens = _markdown().parse(text)
    said: list[str] = []
    heading: list[str] = []
    row: list[str] = []
    skipped: set[int] = set()
    in_head = False
    depth = 0
    before = ""
    for token in tokens:
        in_cell, before = before in ("th_open", "td_open"), token.type
        match token.type:
            case "thead_open":
                in_head, heading = True, []
            case "thead_close":
                in_head = False
                skipped = {
                    place for place, name in enumerate(heading) if re.search(r"\bid\b|uuid|url|hash", name, re.I)
                }
            case "tr_open":
                row = []
            case "tr_close" if in_head:
                heading = row
            case "tr_close":
                cells = [cell for place, cell in enumerate(row) if cell.strip() and place not in skipped]
                said.append(_ended(", ".join(cells)))
            case "inline" if in_cell:
                row.append(_inline(token))
            case "inline" if depth:
                said.append(_item(_inline(token)))
            case "inline":
                said.append(_ended(_inline(token)))
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
                if said and not depth:
                    said[-1] = _ended(said[-1].removesuffix(","))
            case "fence" | "code_block":
                said.append(_code(token.content))
            case "html_block":
                said.append(_ended(_of_html(token.content)))
            case _:  # other tokens have no words
                continue
    return " ".join(part for part in said if part.strip())


def _inline(token: Token) -> str:
    """Return the words of one line of Markdown: a link's text, a picture's description, code as it is."""
    said: list[str] = []
    lines = token.content.splitlines()
    listed = len(lines) > 1 and all(len(line.split()) == 1 for line in lines)
    children = token.children or []
    for place, child in enumerate(children):
        match child.type:
            case "text" | "code_inline":
                said.append(child.content)
            case "image":
                said.append(child.content)
            case "html_inline":
                said.append(" " if re.match(r"</?[a-zA-Z]", child.content) else "")
            case "softbreak" | "hardbreak":
                following = "".join(other.content for other in children[place + 1 : place + 3]).lstrip()
                before = "".join(said).rstrip()
                wrapped = (following[:1].islower() and not listed) or before.endswith((",", ";", ":", ".", "!", "?"))
                said.append(" " if wrapped else ", ")
            case _:  # other tokens have no words
                continue
    return "".join(said)


def _code(text: str) -> str:
    """Return code if it reads like words: one short line without program symbols; otherwise an empty text."""
    line = text.strip()
    if "\n" in line or len(line) > 80 or re.search(r"[{}<>;=$\\@]|\(\)", line):
        return ""
    return _ended(line)


def _item(text: str) -> str:
    """Return a list line: a short one followed by a pause, a longer one as a sentence."""
    text = text.strip()
    return f"{text}," if len(text.split()) <= _SHORT_ITEM and text[-1:].isalnum() else _ended(text)


def _ended(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?", ":", ";")) else f"{text}."
