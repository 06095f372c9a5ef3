"""Keeps this process's share of the platform: extends its leases, and takes over servers that nobody runs.

It also notes when servers were checked, and gives the gateway the services that other processes added. Where the
database is away it stops the servers before others may start them; it never runs one without a lease.
"""

from __future__ import annotations

import asyncio
import logging

from assistant.serving.gateway.gateway import Gateway
from assistant.serving.platform.fleet import Fleet
from assistant.serving.platform.leases import GIVE_UP_SECONDS, RENEW_SECONDS
from assistant.serving.platform.server_records import PlatformRecords
from assistant.serving.serving_errors import ServingError
from client.client_errors import RecordsError
from client.clock import Clock

_log = logging.getLogger(__name__)
_ANSWER_SECONDS = 1.5
"""How long the database may take to extend the leases, so that there is time to give up."""


class Keeper:
    """The task that does it."""

    def __init__(self, records: PlatformRecords, fleet: Fleet, gateway: Gateway, clock: Clock, *, apart: bool) -> None:
        """`apart`: whether other processes may reach the database while this one cannot."""
        self._records = records
        self._fleet = fleet
        self._gateway = gateway
        self._clock = clock
        self._apart = apart
        self._task: asyncio.Task[None] | None = None
        self._extended_at = clock.monotonic()
        self._noted: dict[str, float] = {}

    def open(self, address: asyncio.Future[str]) -> None:
        """Begin, once the address is known under which others reach this process."""
        self._task = asyncio.create_task(self._keep(address), name="platform leases")

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _keep(self, address: asyncio.Future[str]) -> None:
        self._fleet.address = await asyncio.shield(address)
        while True:
            try:
                await self._once()
            except (RecordsError, ServingError, TimeoutError) as error:
                _log.error("the leases of the platform cannot be extended: %s", error or "no answer in time")
                if self._apart and self._clock.monotonic() - self._extended_at > GIVE_UP_SECONDS:
                    await self._fleet.give_up()
            await self._clock.sleep(RENEW_SECONDS)

    async def _once(self) -> None:
        began = self._clock.monotonic()
        async with asyncio.timeout(_ANSWER_SECONDS):
            await self._fleet.extend()
        self._extended_at = began
        await self._fleet.take_over()
        await self._note_checks()
        changes = self._gateway.changes
        services = await self._records.gateway_services()
        if self._gateway.changes == changes:  # else they may be older than what was added here meanwhile
            self._gateway.match(services)

    async def _note_checks(self) -> None:
        for server_id, at in self._fleet.last_checks().items():
            if self._noted.get(server_id) != at:
                await self._records.checked(server_id, at)
                self._noted[server_id] = at
