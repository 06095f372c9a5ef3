"""The parts that our server-rendered pages share: one style, and tables whose every cell is escaped.

Pages made of them need no script, no picture and no other address.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}td,th{padding:.25rem .75rem;text-align:right;"
    "border-bottom:1px solid #8884}td:first-child,th:first-child{text-align:left}h2{font-size:1.1rem;margin:0}"
    ".alert{padding:.5rem .75rem;border:2px solid #c33;border-radius:.4rem;margin:.5rem 0}"
)
"""The style sheet of a page."""


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a heading and a table of text; without rows, it says that there are none."""
    head = "".join(f"<th>{html.escape(text)}" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(text)}" for text in row) for row in rows)
    return f"<h2>{html.escape(title)}</h2><table><tr>{head}{body or '<tr><td>nothing yet'}</table>"


def beginning(title: str, refresh: int | None = None) -> str:
    """Return the beginning of a page. `refresh` is the seconds after which a browser loads it again."""
    again = f"<meta http-equiv=refresh content={refresh}>" if refresh else ""
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8>{again}<meta name=viewport content='width=device-width'>"
        f"<title>{html.escape(title)}</title><style>{STYLE}</style><h1>{html.escape(title)}</h1>"
    )
