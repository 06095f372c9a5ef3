"""The driver's documents and notes, and posts on social networks. Notes can be added and deleted; other documents are
only read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, near, plain
from assistant.town.data_files import load

_LAST = frozenset({"last", "last one", "latest", "it", "that", "my last"})
_EMPTY = frozenset({"note", "document", "post", "my", "about", "the", "a", "on", "in", "is", "we"})
"""Words that do not help to find a document."""
_TITLE_WORDS = 4
"""Words of a note that form its title."""


@dataclass(frozen=True)
class Document:
    """One document; only a note can be deleted by voice."""

    document_id: str
    title: str
    text: str
    changed: date
    note: bool = False


@dataclass(frozen=True)
class Post:
    """One post on a social network."""

    post_id: str
    network: str
    message: str
    at: datetime
    deleted: bool = False


class Documents:
    """All documents."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        today = now().date()
        self.all: list[Document] = [
            Document(f"N-{index}", raw["title"], raw["text"], today - timedelta(days=raw["days_ago"]), raw["note"])
            for index, raw in enumerate(load("documents"), 1)
        ]
        self.deleted: list[Document] = []
        self._count = len(self.all)

    @property
    def notes(self) -> list[Document]:
        """All notes, the oldest first."""
        return [document for document in self.all if document.note]

    def find(self, words: str) -> list[Document]:
        """Return the documents that share the most words; the title counts before the text. Raises `RefusedError`."""
        found = _best(words, self.all)
        if not found:
            titles = [document.title for document in self.all]
            similar = near(words, titles) or titles[:3]
            raise RefusedError(
                f"None of your documents is about {words}; there is {joined(similar)}.", similar, ["query"]
            )
        return found

    def write(self, text: str) -> Document:
        """Write a note and return it. Raises `RefusedError` for an empty one."""
        bare = text.strip()
        if not bare:
            raise RefusedError("The note is empty; what shall it say?", [], ["text"])
        self._count += 1
        title = " ".join(bare.split()[:_TITLE_WORDS])
        note = Document(f"N-{self._count}", title, bare, self._now().date(), note=True)
        self.all.append(note)
        return note

    def delete(self, words: str) -> Document:
        """Delete a note and return it; idempotent. Raises `RefusedError`."""
        for document in (*self.deleted, *self.notes):
            if words.strip().upper() == document.document_id:
                return self._remove(document)
        if plain(words) in _LAST and self.notes:
            return self._remove(self.notes[-1])
        found = _best(words, self.notes)
        if len(found) != 1:
            titles = [note.title for note in found or self.notes]
            problem = f"Several notes are about {words}" if found else f"No note of yours is about {words}"
            raise RefusedError(f"{problem}; there is {joined(titles) or 'none'}.", titles, ["note_id"])
        return self._remove(found[0])

    def _remove(self, note: Document) -> Document:
        if note in self.all:
            self.all.remove(note)
            self.deleted.append(note)
        return note


class SocialNetworks:
    """The driver's posts."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.posts: list[Post] = []

    def post(self, message: str, network: str) -> Post:
        """Post and return it. Raises `RefusedError` for an empty one."""
        if not message.strip():
            raise RefusedError("The post is empty; what shall it say?", [], ["message"])
        post = Post(f"P-{len(self.posts) + 1}", network, message.strip(), self._now())
        self.posts.append(post)
        return post

    def delete(self, words: str) -> Post:
        """Delete a post and return it; idempotent. Raises `RefusedError`."""
        standing = [post for post in self.posts if not post.deleted]
        found = next((post for post in self.posts if post.post_id == words.strip().upper()), None)
        if found is None and plain(words) in _LAST and standing:
            found = standing[-1]
        if found is None:
            about = [post for post in standing if _stems(words) & _stems(post.message) - _EMPTY]
            found = about[0] if len(about) == 1 else None
        if found is None:
            held = (
                f"say 'last' for the one about {standing[-1].message[:40]}" if standing else "you have posted nothing"
            )
            raise RefusedError(
                f"I find no post {words[:40]}; {held}.", [post.post_id for post in standing], ["post_id"]
            )
        gone = Post(found.post_id, found.network, found.message, found.at, deleted=True)
        self.posts[self.posts.index(found)] = gone
        return gone


def _best(words: str, documents: Sequence[Document]) -> list[Document]:
    wanted = _stems(words) - _EMPTY
    hits = [(3 * len(wanted & _stems(d.title)) + len(wanted & _stems(d.text)), d) for d in documents]
    best = max((hit for hit, _ in hits), default=0)
    return [document for hit, document in hits if hit == best > 0]


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s") for word in plain(text).split()}
