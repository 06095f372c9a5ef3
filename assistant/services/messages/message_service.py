"""The tools for messages: the person that a name means on a channel, and the report of a message. One tool serves all
channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.hosting.host_errors import RefusedError
from assistant.hosting.spoken_words import joined, near, plain
from assistant.services.messages.channels import Channel, Received
from assistant.services.messages.message_tools import read_definition, send_definition
from assistant.services.service_host import ServiceHost
from assistant.services.spoken import bounded, one_line

TOLD = 3
Contacts = Mapping[str, Mapping[str, str]]
"""Addresses by name and channel. The address "" is the channel's own place, as of a webhook."""


class MessageService:
    """The channels that are set up, and the people on them."""

    def __init__(self, channels: Sequence[Channel], contacts: Contacts) -> None:
        self._channels = {channel.name: channel for channel in channels}
        self._contacts = contacts

    def host(self) -> ServiceHost:
        """Return it as a host of tools; if no channel can be read, there is no tool for reading."""
        names, people = [*self._channels], [*self._contacts]
        readable = [name for name, channel in self._channels.items() if channel.readable]
        tools = [(send_definition(names, people), self._send)]
        if readable:
            tools.append((read_definition(readable, people), self._read))
        return ServiceHost("messages", *tools)

    async def _send(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        channel, said = self._channels[arguments["channel"]], str(arguments.get("contact", "")).strip()
        message = str(arguments["message"]).strip()
        if not message:
            raise RefusedError("What shall the message say?", [], ["message"])
        if len(message) > channel.longest:
            raise RefusedError(f"That is too long for {channel.name}.", [], ["message"])
        if not said and not channel.to_nobody:
            raise RefusedError(f"Who shall get it on {channel.name}?", self._people(channel.name), ["contact"])
        name, address = self._address(channel, said) if said else ("", "")
        number = await channel.send(address, message)
        whom = f" to {name}" if name else ""
        return {
            "summary": f"Your message{whom} is on {channel.name}.",
            "channel": channel.name,
            "contact": name,
            "message": message,
            "message_id": number,
        }

    async def _read(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        channel, said = self._channels[arguments["channel"]], str(arguments.get("contact", "")).strip()
        people = [self._address(channel, said)] if said else [("", "")]
        if not said and not channel.to_nobody:
            people = [(name, self._contacts[name][channel.name]) for name in self._people(channel.name)[:TOLD]]
        found = [one for _, address in people for one in await channel.read(address)]
        told = "; ".join(_told(one) for one in found[-TOLD:])
        return {
            "summary": f"{told}." if told else f"There is nothing on {channel.name}.",
            "messages": [
                {"from": one_line(one.sender, 60), "message": bounded(one.text, 4000), "left_out": list(one.left_out)}
                for one in found
            ],
        }

    def _people(self, channel: str) -> list[str]:
        return [name for name, places in self._contacts.items() if channel in places]

    def _address(self, channel: Channel, said: str) -> tuple[str, str]:
        """Return the name and the address of somebody on a channel; nobody is ever guessed. Raises `RefusedError`."""
        for name, places in self._contacts.items():
            if plain(name) == plain(said) and channel.name in places:
                return name, places[channel.name]
        there = self._people(channel.name)
        similar = near(said, there) or there[:3]
        hint = f"there is {joined(similar, 'or')}" if similar else "the settings name nobody there"
        raise RefusedError(f"You have no {said[:60]} on {channel.name}; {hint}.", similar, ["contact"])


def _told(one: Received) -> str:
    """Return who wrote what, and which parts are left out because they are not text."""
    words = one_line(one.text, 200)
    media = (
        f"{joined(one.left_out)}, which {'is' if len(one.left_out) == 1 else 'are'} left out" if one.left_out else ""
    )
    sender = one_line(one.sender, 60)
    if words:
        return f"{sender} writes: {words}" + (f", with {media}" if media else "")
    return f"{sender} sends {media or 'nothing that can be read'}"
