"""Which other tools may replace one that cannot be reached, in the order in which they are tried.

Pure. Other servers come first, then tools that run in this car. It never decides whether a call may be sent again. A
tool with effects is replaced only if nothing was sent, and if settings or the read-back named the other server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from client.calls.call_effects import has_effects
from client.catalog import Catalog, Tool

W = TypeVar("W")


class Ways(Generic[W]):
    """A tool and the tools that may replace it. Each is looked up only when the one before it is tried.

    With hundreds of servers that have the same tool, looking up all of them would take longer than the call.
    """

    def __init__(self, first: W, others: Iterable[W] = ()) -> None:
        self.first = first
        self._others = others

    def each(self) -> Iterator[tuple[W, bool]]:
        """Yield each tool once, and whether another tool follows it."""
        way = self.first
        for other in self._others:
            yield way, True
            way = other
        yield way, False


def other_ways(
    tool: Tool,
    catalog: Catalog,
    *,
    configured: Mapping[str, Sequence[str]],
    named: Collection[str] = (),
    sensitive: bool = False,
    is_local: Callable[[str], bool],
) -> Iterator[Tool]:
    """Yield the tools that may replace this one.

    `configured` lists, by `server.tool`, servers or `server.tool` names in order (an empty list: none). Without an
    entry, a read-only tool is replaced by the same tool of another server: same name, same parameters. A tool with
    effects needs an entry. If it is sensitive, only the servers in `named` (those of the read-back) may replace it.
    """
    wanted = configured.get(tool.qualified)
    ways: Iterable[Tool] = ()
    if sensitive:
        found = (_of(catalog, name, tool) for name in (wanted or named))
        ways = (way for way in found if way is not None and way.server in named)
    elif wanted is not None:
        ways = (way for way in (_of(catalog, name, tool) for name in wanted) if way is not None)
    elif not has_effects(tool):
        same = catalog.named(tool.name)
        ways = (way for local in (False, True) for way in same if is_local(way.server) is local and _alike(way, tool))
    for way in ways:
        if way.server != tool.server and has_effects(way) == has_effects(tool):
            yield way


def _of(catalog: Catalog, name: str, tool: Tool) -> Tool | None:
    """Return the tool that an entry names: `server.tool`, or the tool of the same name on that server."""
    exact = catalog.of(name, tool.name)
    if exact is not None:
        return exact
    found = catalog.find(name)
    return found if found is not None and found.qualified == name else None


def _alike(one: Tool, other: Tool) -> bool:
    """Whether two tools take the same parameters."""
    types = [{name: schema.get("type") for name, schema in tool.properties.items()} for tool in (one, other)]
    return types[0] == types[1] and set(one.required) == set(other.required)
