"""Bodies and answers of the McQueen REST face, as pydantic models. The OpenAPI page shows them.

Bodies may have unknown fields, because some programs send more than the contract asks for. Answers have the fields
listed here and no others.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from client.values import JSON


class Body(BaseModel):
    """A request's body."""

    model_config = ConfigDict(strict=True)


class Answer(BaseModel):
    """The two fields that every answer has."""

    model_config = ConfigDict(extra="forbid")

    success: bool
    request_id: str = Field(description="also in the header X-Request-ID; the logs have it")


class Problem(Answer):
    """A request that was refused or that failed."""

    success: Literal[False]
    error: str = Field(description="one sentence, with the cure where there is one")
    details: JSON = None
    metadata: dict[str, JSON] = Field(default_factory=dict)


class LoginBody(Body):
    """Who logs in, with a token (JWT) that was signed for that user."""

    user_id: str
    auth_token: str
    client_type: str | None = Field(None, description="mobile_app unless said")


class SessionShown(BaseModel):
    """A session; times in ISO 8601, UTC."""

    model_config = ConfigDict(extra="forbid")

    session_id: str = Field(pattern="^[0-9a-f]{64}$")
    user_id: str
    created_at: str
    expires_at: str


class SessionAnswer(Answer):
    """A new session, or when a session ends."""

    session: SessionShown


class MessageAnswer(Answer):
    """It was done; `message` says what."""

    message: str


class LinkBody(Body):
    """The user's credentials for a service: a token, or a user name and a password. They are stored encrypted."""

    credentials: dict[str, JSON]


class ServiceShown(BaseModel):
    """Whether the user is logged in to a service."""

    model_config = ConfigDict(extra="forbid")

    service: str
    authenticated: bool


class ServiceAnswer(Answer):
    """How the login to a service ended."""

    data: ServiceShown


class ParameterShown(BaseModel):
    """A parameter of a tool; `schema` is its JSON Schema."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str
    type: Literal["string", "number", "boolean", "array"]
    required: bool
    default: JSON = None
    options: list[JSON] | None = None
    description: str
    requires_auth: bool
    json_schema: dict[str, JSON] = Field(alias="schema")


class ToolShown(BaseModel):
    """A tool, as the contract lists it."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    description: str
    category: str
    access_level: Literal["public", "user_specific", "hybrid"]
    requires_auth: bool
    auth_service_id: str | None
    parameters: list[ParameterShown]
    voice_confirmations: list[str]
    examples: list[str]
    marked_examples: list[str] = Field(description="the examples with their arguments marked")
    annotations: dict[str, JSON]
    user_enabled: bool
    user_priority: int


class ToolsAnswer(Answer):
    """The tools that this user may see."""

    tools: list[ToolShown]
    total: int


class ExecuteBody(Body):
    """A call: the tool's parameters, and what the user confirmed, each name with its value or `true`."""

    parameters: dict[str, JSON] | None = None
    voice_confirmations: dict[str, JSON] | None = None
    user_id: str | None = Field(None, description="the session's own, where it is given")
    timestamp: str | int | float | None = None


class ExecuteAnswer(Answer):
    """The outcome of a call: `data`, or `error` with `metadata` that says what the call needs first."""

    data: JSON = None
    error: str | None = None
    details: JSON = None
    metadata: dict[str, JSON] = Field(description="service; requires_confirmation or requires_auth where it waits")


class ConfigureBody(Body):
    """The user's settings for a tool; fields that are left out stay as they are."""

    enabled: bool | None = None
    priority: int | None = Field(None, ge=0, le=100)
    custom_settings: dict[str, JSON] | None = None


class ToolSettingShown(BaseModel):
    """The stored settings of a tool."""

    model_config = ConfigDict(extra="forbid")

    tool_id: str
    enabled: bool
    priority: int


class ConfigureAnswer(Answer):
    """The settings as they are stored now."""

    data: ToolSettingShown


class UsageAnswer(Answer):
    """The user's calls of each tool, the most used tool first."""

    usage: dict[str, int]
    total: int


LONGEST_MESSAGE = 2000
"""Characters of a message in a chat."""


class ChatBody(Body):
    """A message to the assistant. `after` is the number of the last line that the user has."""

    text: str = Field(min_length=1, max_length=LONGEST_MESSAGE, pattern=r"\S")
    after: int | None = Field(None, ge=0, description="needed while a read-back waits for its yes")


class SessionBody(Body):
    """The first message over a WebSocket that has no session in its headers."""

    session_id: str = Field(max_length=200)


class ChatLineShown(BaseModel):
    """A line of the assistant."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(description="counts from 1 within a conversation")
    kind: Literal["statement", "question", "read_back", "notice", "shown"]
    text: str


class ChatAnswer(Answer):
    """The lines that the assistant said; `last` is the number of its newest."""

    lines: list[ChatLineShown]
    last: int
    state: Literal["idle", "listening", "choosing", "eliciting", "confirming", "calling", "answering", "reporting"] = (
        Field(description="confirming: a read-back waits for a yes; calling: more will follow")
    )


class ChatRefusal(ChatAnswer):
    """A message that was refused because its sender has not shown the pending read-back, which is in `lines`."""

    success: Literal[False]
    error: str


class HealthAnswer(Answer):
    """The service is up, or ready."""

    status: Literal["healthy", "ready"]
    tools: int
