"""A process that sends or defers confirmed messages and says what became of each; tests kill it with -9.

Arguments: database, server URL, tool, texts. Prints one line for each call, then `waiting`, and waits to be killed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from client.call import ToolCall
from client.notices import DeliveryNotice, Notice
from tests.client.harness import at, consent_to, tool_client


def told(notice: Notice) -> None:
    if isinstance(notice, DeliveryNotice):
        print("delivered", notice.call.arguments.get("text"), notice.outcome.kind, flush=True)


async def main(path: Path, url: str, tool: str, texts: list[str]) -> None:
    async with tool_client(path, at(url), deferrable=True) as tools:
        tools.subscribe(told)
        for text in texts:
            call = ToolCall(f"id-{text}", "town", tool, {"text": text}, f"key-{text}")
            outcome = await tools.call(call, consent=consent_to(call))
            print(outcome.kind, text, flush=True)
        print("waiting", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]))
