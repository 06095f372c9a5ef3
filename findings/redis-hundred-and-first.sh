#!/usr/bin/env bash
# redis 8.1.0 (redis-py): a client made with default settings refuses the 101st command that is under way, at once, with
# "Too many connections", although the server would take it. The pool's limit is 100 unless one is given, and it does not
# wait for a free connection; in 6.4.0 there was no such limit (2**31). The server here answers each PING after a while.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/burst.py" <<'PY'
import asyncio
import sys
from collections import Counter

import redis
import redis.asyncio


async def answer(reader, writer):
    try:
        while line := await reader.readline():
            words = [line]
            for _ in range(2 * int(line[1:])):
                words.append(await reader.readline())
            if b"PING" in b"".join(words).upper():
                await asyncio.sleep(1)
                writer.write(b"+PONG\r\n")
            else:
                writer.write(b"-ERR unknown command\r\n" if b"HELLO" in b"".join(words).upper() else b"+OK\r\n")
            await writer.drain()
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = redis.asyncio.Redis.from_url(f"redis://127.0.0.1:{port}", protocol=2)
    ends = await asyncio.gather(*(client.ping() for _ in range(150)), return_exceptions=True)
    await client.aclose(close_connection_pool=True)
    told = Counter(f"{type(end).__name__}: {end}" if isinstance(end, Exception) else "answered" for end in ends)
    print("redis", redis.__version__, "- 150 commands at once:", dict(told))
    return told["answered"]


sys.exit(0 if asyncio.run(main()) == int(sys.argv[1]) else "The behaviour has changed.")
PY
for pair in 8.1.0:100 6.4.0:150; do
    python3 -m venv "$folder/${pair%:*}"
    "$folder/${pair%:*}/bin/pip" install -qq --disable-pip-version-check "redis==${pair%:*}"
    "$folder/${pair%:*}/bin/python" "$folder/burst.py" "${pair#*:}"
done
