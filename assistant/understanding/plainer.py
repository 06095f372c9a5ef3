"""What a server says of one tool alone: without the label, the line or the paragraph that it repeats for every tool.

"Pro — Scale a recipe" scales, and no tool is chosen or refused for its price. Only understanding reads tools so; policy
reads all that the server said.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from client.catalog import Catalog, Tool

REPEATED, LEAST = 0.5, 3
"""Share of a server's tools, and number of them, from which what all of them say tells nothing of one."""
_LABEL = re.compile(r"^\W*(?:[\w/]+ ){0,3}?[\w/]*\s*[—–|\]-]+\s+(?=\w)")
"""What may stand before a description: "[beta] ", "Pro — "."""
HEADING = ":"
"""What a line ends with that opens a list, which tells of what stands below it."""


def plainer(catalog: Catalog) -> Catalog:
    """Return the catalog without what the descriptions of a server repeat."""
    by_server: dict[str, list[Tool]] = defaultdict(list)
    for tool in catalog:
        by_server[tool.server].append(tool)
    repeated = {server: _repeated(tools) for server, tools in by_server.items()}
    if not any(repeated.values()):
        return catalog
    return Catalog(tuple(_without(tool, repeated[tool.server]) for tool in catalog), catalog.rejected)


def _repeated(tools: Sequence[Tool]) -> frozenset[str]:
    """Return the labels and lines that many of a server's descriptions have."""
    if len(tools) < LEAST:
        return frozenset()
    counts: Counter[str] = Counter()
    for tool in tools:
        counts.update(set(_pieces(tool.description)))
    labels = Counter(_label(tool.description) for tool in tools)
    least = max(LEAST, REPEATED * len(tools))
    lines = {piece for piece, count in counts.items() if count >= least}
    return frozenset(lines | {label for label, count in labels.items() if label and count >= LEAST})


def _label(description: str) -> str:
    found = _LABEL.match(description)
    return found.group() if found else ""


def _pieces(description: str) -> Iterator[str]:
    lines = (line.strip() for line in description.split("\n"))
    return (line for line in lines if line and not line.endswith(HEADING))


def _without(tool: Tool, repeated: frozenset[str]) -> Tool:
    label = _label(tool.description)
    told = tool.description.removeprefix(label) if label in repeated else tool.description
    lines = [line for line in told.split("\n") if line.strip() not in repeated]
    kept = "\n".join(lines)
    return replace(tool, description=kept) if kept != tool.description and kept.strip() else tool
