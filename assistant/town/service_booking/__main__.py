"""`python -m assistant.town.service_booking`: the service desk as an MCP server on stdio.

Bookings are in a file of the user's data folder, or in the named file. `mcqueen serve --service-booking` serves the
same desk over HTTP.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import platformdirs
from mcp.server.stdio import stdio_server

from assistant.hosting.mcp_over_host import mcp_server
from assistant.town.__main__ import local_now
from assistant.town.service_booking.desk import ServiceDesk
from assistant.town.service_booking.desk_records import ServiceRecords

DATA_FILE = platformdirs.user_data_path("mcqueen") / "service-booking.sqlite"


async def _serve(path: Path, seed: int) -> None:
    records = await ServiceRecords.open(path)
    try:
        server = mcp_server(ServiceDesk(records, local_now, seed))
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
    finally:
        await records.close()


def main() -> None:
    """Serve until the other side closes the pipe."""
    parser = argparse.ArgumentParser(
        prog="python -m assistant.town.service_booking", description="Car service bookings, on stdio."
    )
    parser.add_argument("--data", type=Path, default=DATA_FILE)
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same free times")
    given = parser.parse_args()
    try:
        asyncio.run(_serve(given.data, given.seed))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
