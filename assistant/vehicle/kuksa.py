"""The signals of a real car, from an Eclipse Kuksa databroker (extra `mcqueen[kuksa]`).

Reads only: nothing sets a real car from here. If the source is missing or lost, the vehicle counts as moving until it
is seen parked. Tried against a server of ours that speaks the broker's protocol, not against a real broker.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from assistant.hosting.message_names import Message
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, SIGNALS, SPEED
from assistant.vehicle.simulation import SimulatedVehicle
from client.client_errors import ConfigurationError
from client.clock import Clock

PORT = 55555
"""The databroker's usual port."""
FIRST_WAIT = 1.0
"""Seconds before the second connection attempt; doubled for each further one."""
LONGEST_WAIT = 30.0
"""Most seconds between two connection attempts."""
UNSEEN: Mapping[str, float | int | bool] = {SPEED: 1.0, GEAR: 127, PARKING_BRAKE: False}
"""The assumed signals while nothing is known: the vehicle moves."""
_NOT_FOUND = 5
"""The gRPC status for a signal that the broker does not have."""

Complain = Callable[[Message], None]


class KuksaSource:
    """Keeps a vehicle's signals as the broker sends them."""

    def __init__(self, vehicle: SimulatedVehicle, address: str, clock: Clock, complain: Complain) -> None:
        """`address` is `host` or `host:port`. Raises `ConfigurationError` if it is neither."""
        host, _, port = address.rpartition(":") if ":" in address else (address, "", str(PORT))
        if not host or not port.isdigit():
            raise ConfigurationError(f"car.databroker is {address!r}; it is a host, or host:port")
        self._vehicle = vehicle
        self._host, self._port = host, int(port)
        self._clock = clock
        self._complain = complain
        self.connected = False
        vehicle.simulated = False
        vehicle.set(UNSEEN)

    async def run(self) -> None:
        """Follow the broker until cancelled. If it is away, report this once and try again."""
        from grpc import RpcError  # heavy: only with a real car
        from kuksa_client.grpc import VSSClientError

        wait, told = FIRST_WAIT, False
        while True:
            try:
                async with self._client() as client:
                    async for updates in self._updates(client):
                        wait, told = FIRST_WAIT, False
                        self._take(updates)
                reason = "it ended the subscription"
            except VSSClientError as error:
                reason = _in_one_line(error.error.get("message") or type(error).__name__)
            except (RpcError, OSError) as error:
                reason = type(error).__name__
            self._lose()
            if not told:
                away = {"host": self._host, "port": str(self._port), "reason": reason}
                self._complain(Message("databroker_away", away))
                told = True
            await self._clock.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    def _client(self) -> AbstractAsyncContextManager[Any]:
        from kuksa_client.grpc.aio import VSSClient  # heavy: only with a real car

        client: AbstractAsyncContextManager[Any] = VSSClient(self._host, self._port, ensure_startup_connection=False)
        return client

    async def _updates(self, client: Any) -> AsyncIterator[Mapping[str, Any]]:
        """Yield changes of the signals that the broker has; a car seldom has all of them."""
        from kuksa_client.grpc import VSSClientError

        there = []
        for path in SIGNALS:
            try:
                await client.ensure_id_mapping([path])
            except VSSClientError as error:
                if error.error.get("code") != _NOT_FOUND:
                    raise
                continue
            there.append(path)
        async for updates in client.subscribe_current_values(there):
            yield updates

    def _take(self, updates: Mapping[str, Any]) -> None:
        fresh = {
            path: SIGNALS[path](point.value)
            for path, point in updates.items()
            if path in SIGNALS and point is not None and point.value is not None
        }
        self.connected = True
        self._vehicle.set(fresh)

    def _lose(self) -> None:
        self.connected = False
        self._vehicle.set({**UNSEEN, SPEED: max(self._vehicle.speed, 1.0)})


def _in_one_line(text: object) -> str:
    return " ".join(str(text).split())[:120]


async def follow(source: KuksaSource) -> asyncio.Task[None]:
    """Start to follow; the caller ends the task. Raises `ConfigurationError` if the extra is not installed."""
    try:
        import kuksa_client.grpc  # noqa: F401  # only to check that it is installed
    except ImportError as error:
        raise ConfigurationError("car.databroker needs the extra: pip install 'mcqueen[kuksa]'") from error
    return asyncio.create_task(source.run(), name="databroker")
