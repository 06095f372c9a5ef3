"""Puts a tool that takes a name which was said before one that has no place for it.

"Tell Anna on WhatsApp that ..." goes to the tool whose `channel` may be "whatsapp", not to one that would send these
words along or leave them out. Looks at proposals only, and never makes one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.understanding.reading import Interpretation, Span
from assistant.understanding.routing.deeds import listed_verbs
from assistant.understanding.tokens import plain
from client.catalog import Catalog, Tool

_ENDINGS = (
    "txt md rst pdf doc docx odt rtf csv tsv xls xlsx ods ppt pptx json jsonl yaml yml toml ini cfg conf xml html htm "
    "css log py js ts sh bat c h cpp rs go java kt rb php sql ipynb png jpg jpeg gif svg webp heic mp3 wav ogg flac "
    "mp4 mov mkv avi zip tar gz"
)
"""Endings that only names of files have."""
_FILE = re.compile(rf"\b[\w-]+(?:\.|\s+dot\s+)(?:{'|'.join(_ENDINGS.split())})\b", re.IGNORECASE)
NEAR = 0.1
"""Share of the best score from which a proposal is looked at."""


def with_named_files(text: str, found: Sequence[Interpretation]) -> list[Interpretation]:
    """Return the proposals in which a file that is named by its ending has a place; all if no file is named.

    "Read the file config.yaml" never reads messages aloud: a tool that takes nothing of that name is not meant.
    """
    named = [Span(*match.span()) for match in _FILE.finditer(text)]
    return [each for each in found if all(any(_overlap(file, span) for span in each.spans.values()) for file in named)]


def required_names(catalog: Catalog, common: Collection[str]) -> dict[str, list[Tool]]:
    """Return the listed values, of one word that names something, with the tools of a catalog that require them."""
    found: dict[str, list[Tool]] = {}
    for tool in catalog:
        verbs = listed_verbs(tool)  # "send" is what is done, and no name
        for name in tool.required:
            listed = tool.properties.get(name, {}).get("enum")
            values = [plain(each) for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
            for value in dict.fromkeys(values):
                if value.isalpha() and value not in common and value not in verbs:
                    found.setdefault(value, []).append(tool)
    return found


def with_said_values_first(
    text: str, found: Sequence[Interpretation], catalog: Catalog, common: Collection[str]
) -> list[Interpretation]:
    """Return proposals, best first. `common` are words that name nothing.

    Another proposal comes first if it requires a listed value, the sentence says that value by its name, the best
    proposal has no parameter for these words, and the other one tells as much besides.
    """
    if len(found) < 2:
        return list(found)
    best = found[0]
    for place, other in enumerate(found[1:], 1):
        tool = catalog.find(other.tool)
        if tool is None or other.score < NEAR * best.score or other.missing:
            continue
        named = [span for name, span in other.spans.items() if _is_named(tool, name, text, span, other, common)]
        if not named or len(other.arguments) - len(named) < len(best.arguments):
            continue
        if not any(_holds(best, span) for span in named):
            ahead = [each for at, each in enumerate(found) if at != place]
            return [replace(other, score=best.score), replace(ahead[0], score=other.score), *ahead[1:]]
    return list(found)


def _is_named(tool: Tool, name: str, text: str, span: Span, found: Interpretation, common: Collection[str]) -> bool:
    """Return whether a required listed value was said by its own name, apart from the other values."""
    schema = tool.properties.get(name, {})
    value, said = found.arguments.get(name), plain(text[span.start : span.end])
    apart = not any(_overlap(span, other) for key, other in found.spans.items() if key != name)
    return (
        name in tool.required
        and isinstance(schema.get("enum"), list)
        and isinstance(value, str)
        and plain(value) == said != ""
        and not set(said.split()) <= set(common)
        and apart
    )


def _holds(found: Interpretation, span: Span) -> bool:
    """Return whether these very words are a value of a proposal."""
    return any((other.start, other.end) == (span.start, span.end) for other in found.spans.values())


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
