"""Lists that are told one sentence at a time, each of them a request: the steps of a routine that is being made.

Pure. It finds such a list by its schema, and never decides what becomes of a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.understanding.reading import Context
from client.catalog import Catalog, Tool
from client.values import JSON

REQUEST_FORMAT = "mcqueen-request"
"""`format` of the items of such a list in a schema of our own."""
MOST_SENTENCES = 8
"""Sentences of a list whose schema has no `maxItems`."""


def sentence_list(tool: Tool | None) -> str:
    """Return the parameter that is such a list; "" if there is none, or if the tool is not part of this program."""
    if tool is None or not tool.trusted or tool.place:
        return ""
    return next((name for name, schema in tool.properties.items() if _item_format(schema) == REQUEST_FORMAT), "")


def _item_format(schema: Mapping[str, JSON]) -> JSON:
    items = schema.get("items")
    return items.get("format") if isinstance(items, Mapping) else None


def most_sentences(tool: Tool) -> int:
    """Return how many sentences the list of a tool may have."""
    most = tool.properties.get(sentence_list(tool), {}).get("maxItems")
    return most if isinstance(most, int) else MOST_SENTENCES


def told_sentences(tool: Tool | None, arguments: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the sentences that were told until now."""
    told = arguments.get(sentence_list(tool))
    return tuple(str(one) for one in told) if isinstance(told, list | tuple) else ()


def is_asked(catalog: Catalog, context: Context) -> bool:
    """Return whether the next sentence of such a list is asked for."""
    name = sentence_list(catalog.find(context.pending_tool)) if context.asked and not context.confirming else ""
    return bool(name) and name == context.asked and not context.form


def for_a_sentence(context: Context) -> Context:
    """Return the context in which a sentence of such a list is understood: as a request by itself."""
    return replace(
        context, asked="", options=(), pending_tool="", pending_arguments={}, goal_tool="", blank="", confirming=False
    )
