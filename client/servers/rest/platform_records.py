"""The AI Platform's records of servers and gateway, field by field as in docs/contracts.md.

Data only. Fields that a platform adds are ignored; fields that it leaves out have the defaults here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class _CamelRecord(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True, alias_generator=to_camel)


class HealthStatus(StrEnum):
    """The states of a platform's server."""

    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    STARTING = "STARTING"
    STOPPED = "STOPPED"
    ERROR = "ERROR"


class NewServer(_Record):
    """The fields of a new server; `env` may hold secrets and is not shown."""

    name: str
    command: str
    description: str = ""
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict, repr=False)
    enabled: bool = True


class PlatformServer(NewServer):
    """A server as the platform stores it. Times are as the platform writes them (ISO 8601)."""

    id: str = Field(coerce_numbers_to_str=True)
    user_id: str = Field("", coerce_numbers_to_str=True)
    health_status: HealthStatus = HealthStatus.STOPPED
    total_calls: int = 0
    last_used_at: str | None = None
    last_health_check: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    deleted_at: str | None = None


class CallStatistics(_CamelRecord):
    """Calls of one server; times in milliseconds."""

    total_calls: int = 0
    average_execution_time: float = 0.0
    total_execution_time: float = 0.0


def _health(word: object) -> object:
    """Return the state that a word for a process means. The contract says "running"; some platforms send the state
    itself."""
    if not isinstance(word, str):
        return word
    return HealthStatus.HEALTHY if word.lower() == "running" else word.upper()


class RuntimeStatus(_CamelRecord):
    """Its process; `uptime` in milliseconds."""

    status: Annotated[HealthStatus, BeforeValidator(_health)] = HealthStatus.STOPPED
    pid: int | None = None
    uptime: float | None = None


class ServerDetails(_CamelRecord):
    """The details answer. `tools` is the list of a `tools/list` result, if the platform adds it."""

    server: PlatformServer
    stats: CallStatistics = CallStatistics()
    runtime_status: RuntimeStatus = RuntimeStatus()
    tools: list[Any] | None = None


class CallLogEntry(_Record):
    """One call in a server's log; `execution_time` in milliseconds."""

    id: str = Field(coerce_numbers_to_str=True)
    server_id: str = Field("", coerce_numbers_to_str=True)
    tool_name: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    response: Any = None
    success: bool
    error_message: str | None = None
    execution_time: float = 0.0
    created_at: str | None = None


class FleetHealth(_CamelRecord):
    """How many servers there are, and how many are in each state."""

    total: int
    healthy: int
    unhealthy: int


class CheckedServer(_CamelRecord):
    """One server in the health answer."""

    id: str = Field(coerce_numbers_to_str=True)
    name: str
    healthy: bool
    status: HealthStatus
    last_check: str | None = None


class PlatformHealth(_CamelRecord):
    """The health answer."""

    summary: FleetHealth
    servers: list[CheckedServer] = Field(default_factory=list)


class GatewayInstance(_CamelRecord):
    """One instance of a service behind the gateway."""

    host: str
    port: int = Field(ge=1, le=65535)
    weight: int = Field(1, ge=0)


class GatewayRateLimit(_CamelRecord):
    """A rate limit: how many requests are allowed in `window_ms` milliseconds."""

    window_ms: int = Field(gt=0)
    max: int = Field(gt=0)


class GatewayService(_CamelRecord):
    """A service behind the gateway; `timeout` in milliseconds."""

    name: str
    instances: list[GatewayInstance]
    base_path: str = ""
    health_endpoint: str = ""
    authentication: bool | str | dict[str, Any] | None = None
    rate_limit: GatewayRateLimit | None = None
    timeout: int = Field(30_000, gt=0)
    trusted: bool = Field(False, description="whether it asks for confirmations itself, so that the gateway need not")


Balancing = Literal["round_robin", "least_connections", "weighted"]
"""How the gateway chooses among the instances of a service."""
