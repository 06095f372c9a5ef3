"""The states of servers for `mcqueen servers`: from a running McQueen, else tried now; statistics; approvals.

Prints nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from assistant.cli.open_servers import open_connections
from assistant.settings.settings import Settings
from client.servers.processes.control import ask_all, control_folder
from client.servers.processes.supervision import ServerStatus


async def states_now(settings: Settings) -> list[dict[str, Any]]:
    """Return the state of each configured server; of the town if none is configured.

    Each has name, status, healthy, detail, tools, held, enabled, live, mcqueen (its process id), pid and uptime; a
    process also cpu (1 is one processor), memory (bytes) and open_files.
    """
    live: dict[str, list[dict[str, Any]]] = {}
    for found in await asyncio.to_thread(ask_all, control_folder(settings.data_path), {"do": "list"}):
        for state in found.get("servers", []):
            live.setdefault(state["name"], []).append({**state, "live": True, "mcqueen": found["mcqueen"]})
    off = {name for name, entry in settings.servers.items() if entry.get("enabled") is False}
    missing = {name: entry for name, entry in settings.servers.items() if name not in live and name not in off}
    tried = await _tried(settings, missing) if missing or not settings.servers else {}
    states: list[dict[str, Any]] = []
    for name in settings.servers or tried:
        for state in live.get(name) or [tried.get(name) or _off(name)]:
            states.append(_whole(state, enabled=name not in off))
    return states


def _off(name: str) -> dict[str, Any]:
    return {"name": name, "status": "STOPPED", "healthy": False, "detail": "stopped"}


def _whole(state: dict[str, Any], *, enabled: bool) -> dict[str, Any]:
    status = state.get("status") or (ServerStatus.HEALTHY if state["healthy"] else ServerStatus.UNHEALTHY).value
    return {
        "name": state["name"],
        "status": status,
        "healthy": state["healthy"] and status == "HEALTHY",
        "detail": state["detail"],
        "tools": state.get("tools", 0),
        "held": state.get("held", 0),
        "enabled": enabled,
        "live": state.get("live", False),
        "mcqueen": state.get("mcqueen"),
        "pid": state.get("pid"),
        "copies": len(state.get("pids", ())),
        "uptime": state.get("uptime"),
        "restarts": state.get("restarts", 0),
        "cpu": state.get("cpu"),
        "memory": state.get("memory"),
        "open_files": state.get("openFiles"),
    }


async def _tried(settings: Settings, entries: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Connect to each for a moment; a process started for that ends again, so it has no id to show."""
    async with open_connections(settings.model_copy(update={"servers": entries}), [None]) as connections:
        held: dict[str, int] = {}
        for tool in connections.tools.held:
            held[tool.server] = held.get(tool.server, 0) + 1
        return {
            state.name: {
                "name": state.name,
                "healthy": state.healthy,
                "detail": state.detail,
                "tools": state.tools,
                "held": held.get(state.name, 0),
            }
            for state in connections.tools.server_states()
        }


def statistics(settings: Settings, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the counts of servers with a process, over all runs; times in milliseconds."""
    ask_all(control_folder(settings.data_path), {"do": "save"})
    states = []
    for name in names:
        file = settings.upkeep.counts_file(name)
        if file is None or not settings.servers[name].get("command"):
            continue
        counts, used = file.read()
        states.append(
            {
                "name": name,
                "totalCalls": counts.calls,
                "failedCalls": counts.failures,
                "averageExecutionTime": round(counts.average * 1000, 1),
                "totalExecutionTime": round(counts.seconds * 1000, 1),
                "lastUsed": datetime.fromtimestamp(used, UTC).isoformat() if used is not None else None,
            }
        )
    return states


async def approve_held(settings: Settings, name: str, tool: str | None) -> list[str]:
    """Approve the named waiting tools, here and in every running McQueen; return their full names."""
    wanted = {key: entry for key, entry in settings.servers.items() if key == name or name.startswith(f"{key}.")}
    only = settings.model_copy(update={"servers": wanted or settings.servers})
    approved = []
    async with open_connections(only, [None]) as connections:
        for held in connections.tools.held:
            meant = (
                held.server == name and tool in (None, held.name)
                if tool or name == held.server
                else name in (held.qualified, held.name)
            )
            if meant and await connections.tools.approve(held.server, held.name):
                request = {"do": "approve", "name": held.server, "tool": held.name}
                await asyncio.to_thread(ask_all, control_folder(settings.data_path), request)
                approved.append(held.qualified)
    return approved
