"""The real audio path: skipped visibly where its parts are missing, and where nobody asked for minutes in real time."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.system.audio.cabin import Cabin, missing_parts
from tests.system.audio.conversation import Conversation, open_conversation


@pytest.fixture(scope="session")
def sound_server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Cabin]:
    """One sound server for all tests of the session: PortAudio in this process knows only the first."""
    if "system" not in request.config.getoption("-m"):
        pytest.skip("takes minutes of real time: make test-audio")
    if why := missing_parts():
        pytest.skip(why)
    cabin = Cabin(tmp_path_factory.mktemp("sound"))
    os.environ.update({name: value for name, value in cabin.environment.items() if name != "HOME"})
    cabin.start()
    yield cabin
    cabin.stop()


@pytest.fixture
def cabin(sound_server: Cabin) -> Iterator[Cabin]:
    """The cabin with all devices plugged in and without echo."""
    sound_server.echo(None)
    yield sound_server
    sound_server.plug_all()


@pytest.fixture
async def conversation(cabin: Cabin, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Conversation]:
    """McQueen with the town, at the cabin's microphone and speaker."""
    async with open_conversation(cabin, tmp_path_factory.mktemp("data")) as conversation:
        yield conversation
