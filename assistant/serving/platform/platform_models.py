"""Bodies and answers of the AI Platform face and of the gateway's own paths, as pydantic models.

Requests are read by them, and the OpenAPI page shows them. They show no value of an environment.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.serving.platform.shapes import ServerBody
from assistant.serving.rest.rest_models import Answer, Body
from client.configuration.process_entries import ScaleEntry
from client.values import JSON

Status = Literal["HEALTHY", "UNHEALTHY", "STARTING", "STOPPED", "ERROR"]


class _Shown(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ServerShown(_Shown):
    """A server of a user; times in ISO 8601, UTC."""

    id: str
    user_id: str
    name: str
    description: str
    command: str
    args: list[str]
    env: dict[str, str] = Field(description="every value is hidden")
    enabled: bool
    scale: ScaleEntry | None = None
    health_status: Status
    total_calls: int
    last_used_at: str | None
    last_health_check: str | None
    created_at: str
    updated_at: str
    deleted_at: str | None


class ServersAnswer(Answer):
    """Servers, oldest first."""

    servers: list[ServerShown]
    total: int


class ServerAnswer(Answer):
    """One server."""

    server: ServerShown


class ServerChanges(ServerBody):
    """The fields of a server that change; fields that are left out stay as they are."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = ""
    command: str = Field("", max_length=1000)


class CallStats(_Shown):
    """Finished calls of a server; times in milliseconds."""

    totalCalls: int  # noqa: N815  # the contract's name
    averageExecutionTime: float  # noqa: N815  # the contract's name
    totalExecutionTime: float  # noqa: N815  # the contract's name


class RuntimeShown(_Shown):
    """The process of a server, in the contract's words; `uptime` in whole milliseconds."""

    status: Literal["running", "starting", "stopped", "error"]
    pid: int | None
    uptime: int
    detail: str
    copies: int = 0
    """Processes that run; `pid` is the first, and what follows is of all of them."""
    cpu: float | None = None
    """1 is one processor; None, like the next two fields, if no process of it runs."""
    memory: int | None = None
    """In bytes."""
    openFiles: int | None = None  # noqa: N815  # as the contract writes its names


class DetailsAnswer(Answer):
    """A server with its calls, its process and, if it runs, its tools."""

    server: ServerShown
    stats: CallStats
    runtimeStatus: RuntimeShown  # noqa: N815  # the contract's name
    tools: list[dict[str, JSON]]


class StatusAnswer(Answer):
    """A server's status."""

    status: Status


class ExecuteServerBody(Body):
    """A call of one of a server's tools; the tool `tools/list` lists them."""

    tool_name: str
    parameters: dict[str, JSON] | None = None
    voice_confirmations: dict[str, JSON] | None = None
    """`true` or the value for every parameter of a call that needs a yes; for a tool without parameters, its name."""
    approved: str | None = None
    """The `metadata.requires_approval` of an earlier answer, to approve a changed tool as it is now."""


class ExecutionMetadata(BaseModel):
    """What the call needs first."""

    requires_confirmation: list[str] | None = None
    read_back: str | None = None
    requires_approval: str | None = None


class ExecutionAnswer(Answer):
    """The outcome of a call: `response` is an MCP result, `execution_time` is in milliseconds.

    A call that was not made yet answers 200 with `success` false; `metadata` says what it needs first.
    """

    response: JSON
    error_message: str | None
    execution_time: float | None
    error: str | None = None
    metadata: ExecutionMetadata | None = None


class CallShown(_Shown):
    """A call in the log."""

    id: str
    server_id: str
    tool_name: str
    parameters: dict[str, JSON]
    response: JSON
    success: bool
    error_message: str | None
    execution_time: float
    created_at: str


class LogsAnswer(Answer):
    """A page of calls, newest first."""

    logs: list[CallShown]
    limit: int
    offset: int
    total: int


class HealthSummary(_Shown):
    """How many servers are healthy."""

    total: int
    healthy: int
    unhealthy: int


class ServerHealth(_Shown):
    """One server's health."""

    id: str
    name: str
    healthy: bool
    status: Status
    lastCheck: str | None  # noqa: N815  # the contract's name


class HealthCheckAnswer(Answer):
    """The health of every server, which was checked just now."""

    summary: HealthSummary
    servers: list[ServerHealth]


class InstanceHealth(_Shown):
    """The health of one instance of a service; `responseTime` is in milliseconds."""

    host: str
    port: int
    weight: float
    healthy: bool
    responseTime: float | None  # noqa: N815  # the contract's name
    lastCheck: str | None  # noqa: N815  # the contract's name
    detail: str


class ServiceHealth(_Shown):
    """The health of a service behind the gateway."""

    name: str
    healthy: bool
    instances: list[InstanceHealth]


class ServiceHealthAnswer(ServiceHealth, Answer):
    """The health of one service."""


class GatewayHealthAnswer(Answer):
    """The health of every service."""

    summary: HealthSummary
    services: dict[str, ServiceHealth]


class ServiceStats(_Shown):
    """Requests to a service; times in milliseconds."""

    requests: int
    failures: int
    active: int
    averageResponseTime: float  # noqa: N815  # the contract's name
    p95ResponseTime: float  # noqa: N815  # the contract's name


class GatewayStatsAnswer(Answer):
    """Requests through the gateway."""

    services: dict[str, ServiceStats]
    requests: int
    failures: int
    active: int


class UpstreamService(_Shown):
    """A service behind the gateway, with the field names of the contract."""

    model_config = ConfigDict(extra="allow")

    name: str
    basePath: str  # noqa: N815  # the contract's name


class GatewayConfigAnswer(Answer):
    """The gateway's settings; the interval is in milliseconds."""

    loadBalancing: Literal["round_robin", "least_connections", "weighted"]  # noqa: N815  # the contract's name
    healthCheckInterval: int  # noqa: N815  # the contract's name
    services: list[UpstreamService]


class ServiceAddedAnswer(ServiceHealth, Answer):
    """A service and its health. The service checks the header X-McQueen-Caller with `callerKey`."""

    service: UpstreamService
    callerKey: str  # noqa: N815  # as the contract spells names


class Statistics(_Shown):
    """Servers and calls of all users; times in milliseconds."""

    totalServers: int  # noqa: N815  # the contract's name
    totalUsers: int  # noqa: N815  # the contract's name
    byStatus: dict[str, int]  # noqa: N815  # the contract's name
    totalCalls: int  # noqa: N815  # the contract's name
    failedCalls: int  # noqa: N815  # the contract's name
    averageExecutionTime: float  # noqa: N815  # the contract's name
    totalExecutionTime: float  # noqa: N815  # the contract's name


class StatisticsAnswer(Answer):
    """Statistics of the whole platform."""

    statistics: Statistics
