"""All that a tool says of its parameters, wherever it says it: beside them, in its docstring, in its own words.

Reads schemas and descriptions, never a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.understanding.slots.described import documented, is_bare_text, moment_of, style_of_days, style_of_times
from assistant.understanding.slots.listed_in_prose import told_of
from assistant.understanding.slots.ranges import told_by_siblings
from assistant.understanding.tokens import name_words
from client.catalog import Tool
from client.values import JSON

NO_VALUES = {"idempotency_key"}
"""Parameters that transport fills, never the driver."""


def described_parameters(tool: Tool, moments: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, JSON]]]:
    """Yield the parameters with all that is said of them: in the docstring, in the tool's words, beside them."""
    documents = documented(tool.description)
    timed = [name for name, schema in tool.properties.items() if schema.get("type") != "boolean"]
    for name, schema in told_by_siblings(tool.properties, tool.input_schema).items():
        if name in NO_VALUES:
            continue
        about = (
            schema.get("description") or documents.get(name, "") or style_of_days(name_words(name), tool.description)
        )
        if not about and is_bare_text(schema):
            about = told_of(name, tool.description) or style_of_times(name, timed)
        own = moment_of(name_words(name), about if isinstance(about, str) else "", None)
        if own is None and name in moments and is_bare_text(schema):
            about = f"{about} ({moments[name]})"
        yield name, {**schema, "description": about} if about else schema
