"""Opens one user's chat: the car's runtime, with lines in place of ears and mouth.

It has no microphone, no vehicle and no journal. If its process ends, the next process takes up the open request.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from assistant.conversation.chat.chat import Chat
from assistant.conversation.chat.chat_lines import ChatLines
from assistant.conversation.ports import ToolsPort
from assistant.conversation.reader import Reader
from assistant.conversation.runtime import Runtime
from assistant.conversation.unfinished import FILE_NAME, UnfinishedRequests
from assistant.dialogue.state import State
from client.clock import Clock


@asynccontextmanager
async def open_chat(
    opening: AbstractAsyncContextManager[ToolsPort], clock: Clock, language: str, deadline: float, folder: Path
) -> AsyncIterator[Chat]:
    """Hold a conversation with those tools until the block ends. `deadline` is in seconds, for each call.

    `folder` belongs to the user and stores the open request.
    """
    async with opening as tools:
        here = datetime.fromtimestamp(clock.now()).astimezone()
        offset = (here.utcoffset() or timedelta(0)).total_seconds()
        state = replace(State(f"chat-{uuid.uuid4().hex[:12]}"), utc_offset=offset, language=language)
        lines = ChatLines()
        reader = Reader(spoken=language, heard=False)
        kept = UnfinishedRequests(folder / FILE_NAME)
        runtime = Runtime(
            state, tools=tools, clock=clock, mouth=lines, reader=reader, deadline=deadline, unfinished=kept
        )
        chat = Chat(runtime, lines, kept.erase)
        async with runtime:
            await chat.ready()
            yield chat
