"""The tools for messages on channels as entries of an MCP `tools/list` result, for the channels that are set up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from assistant.town.definitions.communication_tools import QUICK_MESSAGES
from assistant.town.definitions.schema import Definition, hints, meta, record, result, text

LONGEST = 2000
_SEND = (
    "send a {c} message to {who} saying {words}",
    "send {who} a {c} message saying {words}",
    "send a message to {who} on {c} saying {words}",
    "send {who} a message on {c} saying {words}",
    "send a {c} to {who} saying {words}",
    "send a {c} message to {who} that {words}",
    "{c} {who} that {words}",
    "{c} {who} saying {words}",
    "tell {who} on {c} that {words}",
    "tell {who} on {c} {words}",
    "on {c} tell {who} that {words}",
    "let {who} know on {c} that {words}",
    "write {who} on {c} that {words}",
    "write to {who} over {c} that {words}",
    "message {who} via {c} that {words}",
    "text {who} on {c} that {words}",
    "message {who} on {c} saying {words}",
    "post on {c} that {words}",
    "post in {c} that {words}",
    "post to {c} saying {words}",
    "post on {c} {words}",
    "post a message in {c} saying {words}",
    "share on {c} that {words}",
    "send a {c} message saying {words}",
    "send a message on {c} saying {words}",
    "shoot {who} a {c} saying {words}",
    "drop {who} a {c} saying {words}",
    "drop {who} a line on {c} that {words}",
    "post this to {c} {words}",
    "use {c} to tell {who} {words}",
    "use {c} to tell {who} that {words}",
    "use {c} to let {who} know that {words}",
    "with {c} tell {who} that {words}",
    "open {c} and tell {who} that {words}",
    "go on {c} and write that {words}",
    "write in {c} to {who} that {words}",
    "say {words} to {who} on {c}",
    "say on {c} that {words}",
    "tell {who} on {c} that [{other} is down again](message)",
    "write {who} on {c} that [i wrote you on {other}](message)",
    "ask {who} on {c} [if dinner is ready](message)",
    "ask {who} on {c} [whether we need two more chairs](message)",
    "ask {who} on {c} [when it starts](message)",
)
"""Ways to say it; channel, person and words are filled in. A question keeps its first word, or it would be a claim."""
_WORDS = (
    "i'm on my way", "dinner is ready", "call me back", "see you soon", "the meeting is cancelled", "we are home",
    "i'm ten minutes late", "the server is back", "don't forget the milk", "we need two more chairs", "happy birthday",
    "it starts at seven", "you can park behind the house", "the parcel has come", "greetings from the road",
    "can you pick me up", "my phone is nearly empty", "hi", "see you on teams", "hello", "sunset over the lake",
)  # fmt: skip


_STRANGERS = ("bob", "lisa", "the plumber", "grandma")
"""Placeholder people if the settings name none; the driver can still name them."""


def send_definition(channels: Sequence[str], contacts: Sequence[str]) -> Definition:
    """Return the tool that sends, for these channels and people."""
    who = cycle([*(contacts or ["Anna"]), *_STRANGERS])
    words = cycle(_WORDS)
    others = cycle([*channels[1:], *channels[:1], "the phone"])
    examples = [
        line.format(
            c=f"[{channel}](channel)",
            who=f"[{next(who).lower()}](contact)",
            words=f"[{next(words)}](message)",
            other=next(others),
        )
        for channel in channels
        for line in _SEND
    ]
    return {
        "name": "send_on_channel",
        "title": "Message",
        "description": f"Send a message or write a post on a channel: {', '.join(channels)}.",
        "inputSchema": record(
            {
                "channel": text("Channel that it goes over.", enum=[*channels]),
                "contact": text(
                    "Who gets it; without anybody, the channel's usual readers.",
                    maxLength=100,
                    examples=[*contacts],
                ),
                "message": text("What it says.", minLength=1, maxLength=LONGEST, examples=QUICK_MESSAGES),
            },
            ["channel", "message"],
        ),
        "outputSchema": result(
            channel=text("Channel that it went over."),
            contact=text("Who got it."),
            message=text("What it says."),
            message_id=text("Its number there."),
        ),
        "annotations": hints(read_only=False, open_world=True),
        "_meta": meta(
            "communication", examples, voice_confirmations=["channel", "contact", "message"], deferrable=True
        ),
    }


def read_definition(channels: Sequence[str], contacts: Sequence[str]) -> Definition:
    """Return the tool that reads, for the channels that can be read."""
    examples = [
        line.format(c=f"[{channel}](channel)")
        for channel in channels
        for line in (
            "read my {c} messages",
            "any new messages on {c}",
            "what did [anna](contact) write on {c}",
            "read the {c} messages from [the family](contact)",
        )
    ]
    return {
        "name": "read_channel",
        "title": "Read messages of a channel",
        "description": f"Read the newest messages on a channel aloud: {', '.join(channels)}.",
        "inputSchema": record(
            {
                "channel": text("Channel that is read.", enum=[*channels]),
                "contact": text("With whom; without anybody, the usual ones.", maxLength=100, examples=[*contacts]),
            },
            ["channel"],
        ),
        "outputSchema": result(
            messages={
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "from": {"type": "string"},
                        "message": {"type": "string"},
                        "left_out": {"type": "array", "items": {"type": "string"}},
                    },
                    "required": ["from", "message", "left_out"],
                },
            }
        ),
        "annotations": hints(read_only=True, open_world=True),
        "_meta": meta("communication", examples),
    }
