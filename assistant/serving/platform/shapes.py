"""The platform's servers and calls as JSON, in requests and answers. It shows no value of an environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from assistant.serving.platform.server_records import CallFilter, CallRecord, ServerRecord
from assistant.serving.request_bodies import RefusedRequest
from client.configuration.process_entries import ScaleEntry
from client.servers.processes.process_use import ProcessUse
from client.servers.processes.supervision import ServerReport, ServerStatus
from client.values import JSON

HIDDEN = "********"
"""Stands in for every value of an environment."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ServerBody(BaseModel):
    """The fields of a server in a request."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    command: str = Field(min_length=1, max_length=1000)
    description: str = Field("", max_length=2000)
    args: list[str] = Field(default_factory=list, max_length=100)
    env: dict[str, str] = Field(default_factory=dict, max_length=100)
    enabled: bool = True
    scale: ScaleEntry | None = None

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError("must be 1 to 64 letters, digits, spaces, dots, hyphens or underscores")
        return name

    @field_validator("command", "args")
    @classmethod
    def _is_plain(cls, value: str | list[str]) -> str | list[str]:
        if any(_CONTROL.search(text) for text in ([value] if isinstance(value, str) else value)):
            raise ValueError("must hold no control characters")
        return value

    @field_validator("env")
    @classmethod
    def _are_variables(cls, env: dict[str, str]) -> dict[str, str]:
        for name, value in env.items():
            if not _VARIABLE.fullmatch(name) or "\0" in value:
                raise ValueError(f"{name[:60]!r} is no name of a variable, or its value cannot be one")
        return env


def shown(record: ServerRecord, status: ServerStatus) -> dict[str, Any]:
    """Return a server as it is listed."""
    return {
        "id": record.id,
        "user_id": record.user_id,
        "name": record.name,
        "description": record.description,
        "command": record.command,
        "args": [*record.args],
        "env": dict.fromkeys(record.env, HIDDEN),
        "enabled": record.enabled,
        "scale": None if record.scale is None else dict(record.scale),
        "health_status": status.value,
        "total_calls": record.total_calls,
        "last_used_at": moment(record.last_used_at),
        "last_health_check": moment(record.last_health_check),
        "created_at": moment(record.created_at),
        "updated_at": moment(record.updated_at),
        "deleted_at": moment(record.deleted_at),
    }


def logged(call: CallRecord) -> dict[str, Any]:
    """Return a call as the log lists it."""
    return {
        "id": call.id,
        "server_id": call.server_id,
        "tool_name": call.tool_name,
        "parameters": dict(call.parameters),
        "response": call.response,
        "success": call.success is True,
        "error_message": call.error_message or (None if call.execution_time is not None else "Not answered yet."),
        "execution_time": call.execution_time or 0.0,
        "created_at": moment(call.created_at),
    }


def call_filter(query: Mapping[str, str]) -> CallFilter:
    """Read `tool_name`, `success`, `since`, `until`, `limit`, `offset`. Raises `RefusedRequest` 400."""
    success = query.get("success")
    if success not in (None, "true", "false"):
        raise RefusedRequest(400, "success must be true or false.")
    return CallFilter(
        tool_name=query.get("tool_name"),
        success=None if success is None else success == "true",
        since=_seconds(query, "since"),
        until=_seconds(query, "until"),
        limit=_whole(query, "limit", 50, 1, 500),
        offset=_whole(query, "offset", 0, 0, 1_000_000_000),
    )


def _whole(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and least <= int(text) <= most):
        raise RefusedRequest(400, f"{name} must be a whole number from {least} to {most}.")
    return int(text)


def _seconds(query: Mapping[str, str], name: str) -> float | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise RefusedRequest(400, f"{name} must be a date and time (ISO 8601).") from None


def moment(seconds: float | None) -> str | None:
    """Return a time in ISO 8601, UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def running(report: ServerReport | None, use: ProcessUse | None = None) -> dict[str, JSON]:
    """Return a server's process as the details show it; `uptime` in milliseconds, `memory` in bytes."""
    if use is not None:
        used: dict[str, JSON] = {"cpu": round(use.cpu, 4), "memory": use.memory, "openFiles": use.open_files}
        return {**running(report), **used}
    if report is None:
        return {"status": "stopped", "pid": None, "uptime": 0, "detail": ""}
    told = report.status.value.lower()
    if report.status in (ServerStatus.HEALTHY, ServerStatus.UNHEALTHY):
        told = "running" if report.pid is not None else "starting"  # without a process it is about to be restarted
    return {
        "status": told,
        "pid": report.pid,
        "uptime": round(report.uptime * 1000),
        "detail": report.detail,
        "copies": len(report.pids),
    }
