"""`python -m assistant.services.files --root DIR`: the files of one folder as an MCP server on stdio."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from assistant.services.files.file_service import FileService
from assistant.services.local_zone import local_now
from assistant.services.service_command import parser_for, run, serve


async def _main(given: argparse.Namespace) -> None:
    service = FileService(given.root.expanduser(), local_now)
    watching = asyncio.create_task(service.kept.watch(service.root))
    try:
        await serve(service.host())
    finally:
        watching.cancel()
        await asyncio.wait([watching])


def main() -> None:
    """Serve until the other side closes the pipe."""
    parser = parser_for("files", "The files of one folder, as an MCP server on stdio. Links are not followed.")
    parser.add_argument("--root", required=True, type=Path, metavar="DIR", help="the folder")
    run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
