"""Messages on channels, against servers of ours that answer as the published APIs; not tried on the real ones."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from starlette.responses import JSONResponse, PlainTextResponse, Response

from assistant.hosting.host import Done, Refused
from assistant.hosting.host_errors import RefusedError
from assistant.services.messages.__main__ import KINDS, _opened
from assistant.services.messages.channels import Channel
from assistant.services.messages.linkedin import LinkedIn
from assistant.services.messages.mastodon import Mastodon
from assistant.services.messages.matrix import Matrix
from assistant.services.messages.message_service import MessageService
from assistant.services.messages.message_tools import read_definition, send_definition
from assistant.services.messages.webhooks import SlackWebhook, TeamsWebhook
from assistant.services.messages.whatsapp import WhatsApp
from assistant.town.town_tools import tool_definitions
from assistant.understanding.interpret import Interpreter
from assistant.understanding.reading import Context
from client.catalog import Catalog
from client.schemas.tool_listing import read_tools
from tests.assistant.services import more_channel_phrasings, third_channel_phrasings
from tests.assistant.services.channel_phrasings import PHRASINGS, UNSEEN
from tests.assistant.services.channel_servers import TOKEN, ChannelServers, whatsapp_error
from tests.assistant.services.service_drives import ENVIRONMENT, drive
from tests.client.serving import serve

CHANNELS = ["whatsapp", "slack", "teams", "linkedin", "mastodon", "matrix"]
CONTACTS: dict[str, dict[str, str]] = {
    "Anna": {"whatsapp": "+491511111", "matrix": "!anna:home.example"},
    "Tom": {"whatsapp": "+491512222"},
    "Mum": {"whatsapp": "+491513333"},
    "Ben": {"whatsapp": "+491514444", "mastodon": "ben@social.example", "matrix": "!ben:home.example"},
    "the team": {"slack": ""},
    "the office": {"teams": ""},
    "the family": {"matrix": "#family:home.example"},
}
ROOT = "http://channels.example"


@pytest.fixture
def servers() -> ChannelServers:
    return ChannelServers()


@pytest.fixture
async def messages(servers: ChannelServers) -> AsyncIterator[MessageService]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(servers.app)) as http:
        channels: list[Channel] = [
            SlackWebhook(http, f"{ROOT}/services/T1/B1/secret"),
            TeamsWebhook(http, f"{ROOT}/workflows/1/triggers/manual/paths/invoke?sig=secret"),
            WhatsApp(http, TOKEN, "12345", f"{ROOT}/v23.0"),
            Matrix(http, TOKEN, ROOT),
            Mastodon(http, TOKEN, ROOT),
            LinkedIn(http, TOKEN, "urn:li:person:1", ROOT),
        ]
        yield MessageService(channels, CONTACTS)


async def done(messages: MessageService, tool: str = "send_on_channel", **arguments: Any) -> Done:
    answer = await messages.host().call(tool, arguments)
    assert isinstance(answer, Done), answer
    Draft202012Validator(messages.host().definitions[tool]["outputSchema"]).validate(answer.result)
    return answer


async def refused(messages: MessageService, tool: str = "send_on_channel", **arguments: Any) -> Refused:
    answer = await messages.host().call(tool, arguments)
    assert isinstance(answer, Refused), answer
    return answer


# -- what is said --


def heard_as(beside: bool, phrasings: list[tuple[str, str, str, str]]) -> tuple[list[str], list[str], list[str]]:
    """Return which sentences got another channel, which another person or text, and whose text held a channel."""
    definitions = [send_definition(CHANNELS, list(CONTACTS)), read_definition(["matrix", "mastodon"], list(CONTACTS))]
    tools = list(read_tools([*definitions], "messages", trusted=True).tools)
    if beside:
        tools += read_tools([*tool_definitions()], "town", trusted=True).tools
    interpreter = Interpreter(Catalog(tuple(tools)))
    elsewhere, wrong, leaked = [], [], []
    for said, channel, contact, words in phrasings:
        found = interpreter.read([said], Context(now=1795193000.0)).interpretations
        arguments = {name: str(value).lower() for name, value in found[0].arguments.items()} if found else {}
        told = f"{said}: {found[0].tool if found else None} {arguments}"
        wanted = {"message": words, "contact": contact.removeprefix("the ")}
        got = {"message": arguments.get("message", ""), "contact": arguments.get("contact", "").removeprefix("the ")}
        sent = bool(found) and found[0].tool.endswith("send_on_channel")
        leaked += [told] if set(CHANNELS) & (set(got["message"].split()) - set(words.split())) else []
        elsewhere += [] if sent and arguments.get("channel") == channel else [told]
        wrong += [] if sent and got == wanted and arguments.get("channel") == channel else [told]
    return elsewhere, wrong, leaked


@pytest.mark.proves("G.channels.said")
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside the town"])
def test_the_channel_the_person_and_the_words_of_forty_phrasings(beside: bool) -> None:
    assert (len(PHRASINGS), len({said for said, *_ in PHRASINGS}), UNSEEN) == (40, 40, 14)
    _, wrong, leaked = heard_as(beside, PHRASINGS)
    assert leaked == []
    assert len(wrong) <= 2, wrong


@pytest.mark.proves("G.channels.said")
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside the town"])
def test_the_channel_of_sixty_further_phrasings_of_which_twenty_were_kept_unseen(beside: bool) -> None:
    phrasings = [*more_channel_phrasings.SEEN, *more_channel_phrasings.UNSEEN]
    assert len({said for said, *_ in phrasings} - {said for said, *_ in PHRASINGS}) == 60
    elsewhere, wrong, leaked = heard_as(beside, phrasings)
    assert leaked == []
    assert len(elsewhere) <= 3, elsewhere  # 38 of 40
    assert len(wrong) <= 3, wrong


@pytest.mark.proves("G.channels.said")
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside the town"])
def test_the_channel_of_forty_phrasings_that_name_the_means_first_or_speak_of_a_channel(beside: bool) -> None:
    phrasings = [*third_channel_phrasings.SEEN, *third_channel_phrasings.UNSEEN]
    before = {said for said, *_ in (*PHRASINGS, *more_channel_phrasings.SEEN, *more_channel_phrasings.UNSEEN)}
    assert len({said for said, *_ in phrasings} - before) == 40
    elsewhere, wrong, leaked = heard_as(beside, phrasings)
    assert leaked == []
    assert len(elsewhere) <= 2, elsewhere  # 38 of 40
    assert len(wrong) <= 4, wrong


async def test_nobody_is_guessed_and_no_channel_either(messages: MessageService, servers: ChannelServers) -> None:
    assert "no Lisa on whatsapp" in (await refused(messages, channel="whatsapp", contact="Lisa", message="x")).message
    assert "no Tom on matrix" in (await refused(messages, channel="matrix", contact="Tom", message="x")).message
    assert (await refused(messages, channel="whatsapp", message="x")).names == ("contact",)
    assert (await refused(messages, contact="Anna", message="x")).names == ("channel",)
    assert (await refused(messages, channel="mastodon", message="x" * 501)).names == ("message",)
    assert servers.taken == []


# -- what is sent --


@pytest.mark.proves("G.channels.sent")
async def test_each_channel_gets_what_its_api_asks_for(messages: MessageService, servers: ChannelServers) -> None:
    await done(messages, channel="slack", contact="the team", message="a < b & c")
    assert servers.taken.pop() == ("services/T1/B1/secret", {"text": "a &lt; b &amp; c"})
    await done(messages, channel="teams", message="see *you*")
    card = servers.taken[-1][1]
    assert card["attachments"][0]["content"]["body"][0]["text"] == "see \\*you\\*"
    answer = await done(messages, channel="whatsapp", contact="anna", message="i'm on my way")
    assert answer.text == "Your message to Anna is on whatsapp."
    path, body = servers.taken[-1]
    assert (path, body["to"], body["text"]["body"]) == ("v23.0/12345/messages", "+491511111", "i'm on my way")
    assert answer.result["message_id"] == "wamid.HBgL"
    await done(messages, channel="matrix", contact="the family", message="we are home")
    path, body = servers.taken[-1]
    assert path.startswith("_matrix/client/v3/rooms/!family:home.example/send/m.room.message/")
    assert body == {"msgtype": "m.text", "body": "we are home"}
    await done(messages, channel="mastodon", message="greetings")
    assert servers.taken.pop()[1] == {"status": "greetings", "visibility": "public"}
    await done(messages, channel="mastodon", contact="Ben", message="hello")
    assert servers.taken.pop()[1] == {"status": "@ben@social.example hello", "visibility": "direct"}
    await done(messages, channel="linkedin", message="we hire (two) #engineers")
    assert servers.taken[-1][1]["commentary"] == "we hire \\(two\\) \\#engineers"


async def test_an_encrypted_room_is_not_written_to(messages: MessageService, servers: ChannelServers) -> None:
    servers.encrypted.add("!anna:home.example")
    assert "is encrypted" in (await refused(messages, channel="matrix", contact="Anna", message="x")).message
    assert servers.taken == []


@pytest.mark.proves("G.channels.sent")
@pytest.mark.parametrize(
    ("channel", "answer", "code", "words"),
    [
        ("slack", PlainTextResponse("channel_is_archived", 410), "refused", "is archived"),
        ("slack", PlainTextResponse("no_service", 404), "refused", "switched this webhook off"),
        ("slack", PlainTextResponse("rate_limited", 429, {"retry-after": "60"}), "try_later", "for 60 seconds"),
        ("teams", PlainTextResponse("failed: endpoint returned HTTP error 429"), "try_later", "asked too often"),
        ("teams", JSONResponse({"error": {"code": "WorkflowTriggerIsNotEnabled"}}, 400), "refused", "does not take"),
        ("whatsapp", whatsapp_error(130429, 400), "try_later", "for 30 seconds"),
        ("whatsapp", whatsapp_error(131056, 400), "try_later", "for 60 seconds"),
        ("whatsapp", whatsapp_error(131047, 400), "refused", "have not written for a day"),
        ("whatsapp", whatsapp_error(190, 401), "refused", "login whatsapp"),
        ("matrix", JSONResponse({"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": 90_000}, 429),
         "try_later", "for 2 minutes"),
        ("matrix", JSONResponse({"errcode": "M_FORBIDDEN", "error": "not in room"}, 403), "refused", "write there"),
        ("mastodon", JSONResponse({"error": "Validation failed: Text character limit of 500 exceeded"}, 422),
         "refused", "does not take"),
        ("linkedin", JSONResponse({"message": "Not enough permissions", "serviceErrorCode": 100, "status": 403}, 403),
         "refused", "does not let"),
        ("linkedin", JSONResponse({"status": 429, "message": "throttled"}, 429), "try_later", "too often"),
    ],
)  # fmt: skip
async def test_limits_and_errors_are_told_as_published(
    messages: MessageService, servers: ChannelServers, channel: str, answer: Response, code: str, words: str
) -> None:
    contact = {"whatsapp": {"contact": "Anna"}, "matrix": {"contact": "Anna"}}.get(channel, {})
    servers.next = [answer]
    found = await refused(messages, channel=channel, message="hello", **contact)
    assert (found.code, words in found.message) == (code, True), found
    assert len(servers.taken) == 1


async def test_a_window_of_mastodon_is_waited_for_to_its_end(messages: MessageService, servers: ChannelServers) -> None:
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 600))
    servers.next = [JSONResponse({"error": "Too many requests"}, 429, {"X-RateLimit-Reset": ends})]
    found = await refused(messages, channel="mastodon", message="hello")
    assert found.retry_after is not None
    assert 590 < found.retry_after <= 600


@pytest.mark.proves("G.channels.sent")
async def test_a_lost_answer_is_sent_again_only_where_the_service_knows_a_repeat(
    messages: MessageService, servers: ChannelServers
) -> None:
    for channel, contact, sent, messages_made in (
        ("mastodon", None, 2, 1), ("matrix", "Anna", 2, 1), ("slack", None, 1, 0), ("whatsapp", "Anna", 1, 0),
        ("linkedin", None, 1, 0),
    ):  # fmt: skip
        servers.taken.clear()
        servers.keys.clear()
        servers.next = [Response(status_code=502)]
        more = {"contact": contact} if contact else {}
        answer = await messages.host().call("send_on_channel", {"channel": channel, "message": "hello", **more})
        assert (len(servers.taken), len(servers.keys)) == (sent, messages_made), channel
        assert isinstance(answer, Done) or answer.code == "outcome_unknown", answer


# -- what is read --


@pytest.mark.proves("G.channels.media")
async def test_media_are_left_out_aloud(messages: MessageService, servers: ChannelServers) -> None:
    def event(sender: str, **content: str) -> dict[str, Any]:
        return {"type": "m.room.message", "sender": f"@{sender}:home.example", "content": content, "event_id": "$1"}

    servers.events = [
        event("anna", msgtype="m.image", body="IMG_1.jpg", url="mxc://home.example/1"),
        event("tom", msgtype="m.text", body="dinner at eight"),
        event("ben", msgtype="m.video", body="our garden", filename="garden.mp4"),
    ]
    answer = await done(messages, "read_channel", channel="matrix", contact="the family")
    assert answer.text == (
        "ben writes: our garden, with a video, which is left out; tom writes: dinner at eight; "
        "anna sends a picture, which is left out."
    )
    servers.mentions = [
        {
            "type": "mention",
            "account": {"acct": "ben@social.example", "display_name": "Ben"},
            "status": {
                "content": "<p>@ann look &amp; listen</p>",
                "media_attachments": [{"type": "image"}, {"type": "audio"}],
            },
        }
    ]
    assert (await done(messages, "read_channel", channel="mastodon")).text == (
        "Ben writes: @ann look & listen, with a picture and a sound, which are left out."
    )
    servers.mentions = []
    assert (await done(messages, "read_channel", channel="mastodon")).text == "There is nothing on mastodon."


def test_only_what_can_be_read_is_offered_for_reading() -> None:
    with_none = MessageService([SlackWebhook(httpx.AsyncClient(), "https://hooks.example/x")], {})
    assert list(with_none.host().definitions) == ["send_on_channel"]


# -- logged in --


SET_UP = {
    "slack": (f"{ROOT}/services/T1/B1/secret", "", ""),
    "teams": (f"{ROOT}/workflows/1/triggers/manual/paths/invoke?sig=secret", "", ""),
    "whatsapp": (TOKEN, "12345", f"{ROOT}/v23.0"),
    "matrix": (TOKEN, "", ROOT),
    "mastodon": (TOKEN, "", ROOT),
    "linkedin": (TOKEN, "urn:li:person:1", ROOT),
}
"""Secret, what the settings say, and address, by channel."""


async def _missing(name: str) -> Channel:
    raise RefusedError(f"there is no login for {name}; run this command once with login {name} at its end")


@pytest.mark.proves("G.channels.sent")
@pytest.mark.parametrize("lacking", CHANNELS)
async def test_a_channel_without_a_login_keeps_no_other_from_working(
    servers: ChannelServers, capsys: pytest.CaptureFixture[str], lacking: str
) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(servers.app)) as http:

        async def opened(name: str) -> Channel:
            if name == lacking:
                return await _missing(name)
            return KINDS[name][1](http, *SET_UP[name])

        service = MessageService(await _opened(CHANNELS, opened), CONTACTS)
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert f"login {lacking}" in told
        for channel in CHANNELS:
            whom = {"contact": "Anna"} if channel in ("whatsapp", "matrix") else {}
            answer = await service.host().call("send_on_channel", {"channel": channel, "message": "hello", **whom})
            if channel == lacking:
                assert isinstance(answer, Refused)
                assert f"There is no login for {lacking}; run" in answer.message
            else:
                assert isinstance(answer, Done), (channel, answer)
        assert capsys.readouterr().err == ""


async def test_a_login_that_is_made_meanwhile_is_found_at_the_next_use(servers: ChannelServers) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(servers.app)) as http:
        logins: set[str] = {"slack"}

        async def opened(name: str) -> Channel:
            if name not in logins:
                return await _missing(name)
            return (
                SlackWebhook(http, f"{ROOT}/services/T1/B1/secret") if name == "slack" else Mastodon(http, TOKEN, ROOT)
            )

        service = MessageService(await _opened(["slack", "mastodon"], opened), CONTACTS)
        post = {"channel": "mastodon", "message": "hello"}
        assert isinstance(await service.host().call("send_on_channel", post), Refused)
        logins.add("mastodon")
        assert isinstance(await service.host().call("send_on_channel", post), Done)


async def test_without_any_login_the_service_ends_with_all_that_is_missing() -> None:
    with pytest.raises(RefusedError, match=r"login slack.*login teams"):
        await _opened(["slack", "teams"], _missing)


# -- used --


@pytest.mark.proves("G.channels.said", "G.channels.sent")
@pytest.mark.parametrize("how", [("messages.yaml",), ("messages-spoken.yaml", "--voice")], ids=["typed", "spoken"])
async def test_a_driver_sends_on_channels(servers: ChannelServers, tmp_path: Path, how: tuple[str, ...]) -> None:
    async with serve(servers.app) as url:
        words = ["--channel", "whatsapp=12345", "--api", f"whatsapp={url}/v23.0", "--channel", f"matrix={url}"]
        for name, places in CONTACTS.items():
            there = [f"{name}={channel}:{to}" for channel, to in places.items() if channel in ("whatsapp", "matrix")]
            words += [part for place in there for part in ("--contact", place)]
        for channel in ("whatsapp", "matrix"):
            kept = await asyncio.to_thread(
                subprocess.run, [sys.executable, "-m", "assistant.services.messages", *words, "login", channel],
                input=f"{TOKEN}\n", text=True, capture_output=True, env={**ENVIRONMENT, "HOME": str(tmp_path)},
                timeout=60, check=False,
            )  # fmt: skip
            assert kept.returncode == 0, kept.stderr
        await asyncio.to_thread(drive, tmp_path, how[0], "messages", words, "", *how[1:])
    path, body = servers.taken[0]
    assert (path, body["to"], body["text"]["body"]) == ("v23.0/12345/messages", "+491511111", "i'm on my way")
    assert len(servers.taken) == 2
