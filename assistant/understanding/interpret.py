"""From what was said to what it may mean: composes control words, answers, routing and slots.

Pure but for loading the bundled word vectors once: the same words in the same context always give the same reading.
It proposes; nothing here decides or acts.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.embeddings import Embeddings, word_vectors
from assistant.understanding.language import language
from assistant.understanding.reading import Context, Interpretation, Reading
from assistant.understanding.routing import Route, Router
from assistant.understanding.templates import examples_of
from client.catalog import Catalog

MOST_INTERPRETATIONS = 4
LONGEST_TEXT = 2000
"""Characters that are looked at; speech of ten seconds has about 200."""


class Interpreter:
    """Reads utterances against one catalog."""

    def __init__(self, catalog: Catalog, *, embeddings: Embeddings | None = None) -> None:
        self._catalog = catalog
        self._language = language()
        self._embeddings = embeddings or word_vectors()
        examples = [examples_of(tool) for tool in catalog]
        self._router = Router(catalog.tools, examples, self._language, self._embeddings)

    def read(self, alternatives: Sequence[str], context: Context) -> Reading:
        """Return what the first usable alternative may mean; an empty reading where there is none."""
        texts = [text[:LONGEST_TEXT] for text in alternatives if text.strip()]
        if not texts:
            return Reading(text=alternatives[0] if alternatives else "")
        text = texts[0]
        routes = self._router.routes(text)[:MOST_INTERPRETATIONS]
        return Reading(interpretations=tuple(self._interpret(route, text, context) for route in routes), text=text)

    def _interpret(self, route: Route, text: str, context: Context) -> Interpretation:
        missing = tuple(name for name in route.tool.required)
        return Interpretation(route.tool.qualified, {}, missing, route.score)
