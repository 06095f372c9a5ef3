"""What a server offers for reading besides its tools: resources and prompts, and the protocol to read them.

Reading has no effects and needs no yes. The result is data, never an instruction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Resource:
    """A resource of a server."""

    server: str
    uri: str
    """Its address; of a template, an RFC 6570 pattern of addresses."""
    name: str
    description: str = ""
    media_type: str = ""
    template: bool = False


@dataclass(frozen=True)
class PromptParameter:
    """One blank of a prompt."""

    name: str
    description: str
    required: bool


@dataclass(frozen=True)
class Prompt:
    """A text with blanks that a server offers to fill in."""

    server: str
    name: str
    description: str
    parameters: tuple[PromptParameter, ...]


@dataclass(frozen=True)
class Content:
    """A piece of what was read: text, or bytes in base64."""

    text: str
    media_type: str
    data: str = ""
    uri: str = ""


@dataclass(frozen=True)
class PromptMessage:
    """One message of a filled-in prompt."""

    role: str
    content: Content


class Readable(Protocol):
    """A server that offers more than tools."""

    name: str

    async def list_resources(self) -> list[Resource]:
        """Return resources and templates. Raises `ServerUnavailableError`."""
        ...

    async def read_resource(self, uri: str) -> list[Content]:
        """Read one. Raises `ServerUnavailableError`."""
        ...

    async def list_prompts(self) -> list[Prompt]:
        """Return the prompts. Raises `ServerUnavailableError`."""
        ...

    async def get_prompt(self, name: str, arguments: Mapping[str, str]) -> list[PromptMessage]:
        """Fill one in. Raises `ServerUnavailableError`."""
        ...

    async def complete(self, kind: str, name: str, blank: str, begun: str) -> list[str]:
        """Return values for a blank of a prompt or template. Raises `ServerUnavailableError`."""
        ...
