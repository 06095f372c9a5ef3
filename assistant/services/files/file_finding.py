"""Finds the file that a driver means: by path, by the sound of its name, or by the name alone if only one file
has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, near
from assistant.services.files.folder_tree import FileItem, FolderTree
from assistant.services.files.spoken_paths import Parts, heard_alike, readings, shown, without_ending

MOST_LOOKED_AT = 5000
"""How many files and folders are examined for one question."""


def existing(tree: FolderTree, said: str, name: str = "path", *, here: bool = False) -> FileItem:
    """Return the file or folder that is meant. Raises `RefusedError` with the names that exist.

    With `here`, only that path and the files below it count, because the driver agreed to a change there.
    """
    meant = readings(said, str(tree.root))
    found = _as_said(tree, meant, name)
    if found is not None:
        return found
    anywhere = _alike([*everything(tree)], shown(meant[-1]).rpartition("/")[2], name) if len(meant[-1]) == 1 else None
    if anywhere is not None and here:
        raise RefusedError(
            f"There is no file {said[:80]}; there is {shown(anywhere.parts)}.", [shown(anywhere.parts)], [name]
        )
    if anywhere is not None:
        return anywhere
    there = [shown(item.parts) for item in everything(tree)]
    similar = near(said, there) or there[:3]
    hint = f"there is {joined(similar, 'or')}" if similar else "the folder is empty"
    raise RefusedError(f"There is no file {said[:80]}; {hint}.", similar, [name])


def for_writing(tree: FolderTree, said: str, name: str = "path") -> Parts:
    """Return the path to write to: an existing file whose path sounds like this, else the path as a new file.

    Raises `RefusedError` if an existing file differs from the path only in its ending, because exactly the confirmed
    path is written.
    """
    meant = readings(said, str(tree.root))
    found = _as_said(tree, meant, name)
    if found is not None and not found.folder and found.parts not in meant and _other_ending(found.parts, meant):
        raise RefusedError(f"There is {shown(found.parts)}; say which file is meant.", [shown(found.parts)], [name])
    if found is not None:
        return found.parts
    parts = meant[-1]
    above = _as_said(tree, [parts[:-1]], name) if len(parts) > 1 else None
    return (*above.parts, parts[-1]) if above is not None and above.folder else parts


def _other_ending(found: Parts, meant: Sequence[Parts]) -> bool:
    return all(heard_alike(found[-1]) != heard_alike(parts[-1]) for parts in meant if parts)


def everything(tree: FolderTree) -> Iterator[FileItem]:
    """Yield files and folders below the root, each folder before its contents; at most `MOST_LOOKED_AT`."""
    waiting: list[Parts] = [()]
    left = MOST_LOOKED_AT
    while waiting:
        parts = waiting.pop(0)
        try:
            items = tree.items(parts)
        except RefusedError:
            continue  # deleted meanwhile, or not readable for us
        for item in items:
            if left == 0:
                return
            left -= 1
            if item.folder:
                waiting.append(item.parts)
            yield item


def _as_said(tree: FolderTree, meant: Sequence[Parts], name: str) -> FileItem | None:
    for parts in meant:
        item = tree.item(parts)
        if item is not None:
            return item
    for parts in meant:
        item = FileItem((), True, 0, 0.0)
        for part in parts:
            inner = _alike(tree.items(item.parts), part, name) if item.folder else None
            if inner is None:
                break
            item = inner
        else:
            return item
    return None


def _alike(items: Sequence[FileItem], said: str, name: str) -> FileItem | None:
    """Return the one item whose name sounds like this, with or without its ending. Raises `RefusedError` for
    several.
    """
    wanted = heard_alike(said)
    for heard in (heard_alike, lambda item: heard_alike(without_ending(item))):
        found = [item for item in items if heard(item.parts[-1]) == wanted != ""]
        if len(found) == 1:
            return found[0]
        if found:
            paths = [shown(item.parts) for item in found]
            raise RefusedError(f"Several are called {said[:80]}: {joined(paths[:5])}.", paths[:5], [name])
    return None
