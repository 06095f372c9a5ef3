"""A real car's signals: against a server of ours that speaks the databroker's protocol (`kuksa.val.v2`), over gRPC.

Not tried on a real broker: none can be had here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from assistant.hosting.message_names import Message
from assistant.policy.driving import DrivingState, driving_state
from assistant.vehicle.kuksa import KuksaSource, follow
from assistant.vehicle.signals import GEAR, PARKING_BRAKE, RANGE, SPEED
from assistant.vehicle.simulation import SimulatedVehicle
from assistant.wording.host_messages import words_of
from client.client_errors import ConfigurationError
from client.clock import SystemClock
from tests.client.harness import until

grpc = pytest.importorskip("grpc")
pytest.importorskip("kuksa_client")
from kuksa.val.v2 import types_pb2, val_pb2, val_pb2_grpc  # noqa: E402  # only where the extra is installed

FIELDS = {SPEED: "float", GEAR: "int32", PARKING_BRAKE: "bool", RANGE: "uint32"}
"""Signals of this car with the types that VSS gives them; it has no others."""

IN_ENGLISH = words_of("car", "en")


def noted(complaints: list[str]) -> Callable[[Message], None]:
    """Return what adds a complaint in words to the list."""
    return lambda message: complaints.append(IN_ENGLISH(message))


class Broker(val_pb2_grpc.VALServicer):  # type: ignore[misc]  # generated code has no types
    """As much of `kuksa.val.v2.VAL` as a subscriber needs."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[Mapping[str, float | int | bool]] = asyncio.Queue()
        self.server: Any = None
        self.port = 0

    async def start(self) -> None:
        self.server = grpc.aio.server()
        val_pb2_grpc.add_VALServicer_to_server(self, self.server)
        self.port = self.server.add_insecure_port(f"127.0.0.1:{self.port}")
        await self.server.start()

    async def ListMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802  # the protocol's name
        if request.root not in FIELDS:
            await context.abort(grpc.StatusCode.NOT_FOUND, "Path not found")
        return val_pb2.ListMetadataResponse(metadata=[types_pb2.Metadata(path=request.root, id=1)])

    async def Subscribe(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802  # the protocol's name
        while True:
            values = await self.changes.get()
            points = {
                path: types_pb2.Datapoint(value=types_pb2.Value(**{FIELDS[path]: value}))
                for path, value in values.items()
                if path in request.signal_paths
            }
            yield val_pb2.SubscribeResponse(entries=points)


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    running = Broker()
    await running.start()
    yield running
    await running.server.stop(None)


def state(vehicle: SimulatedVehicle) -> DrivingState:
    return driving_state(vehicle.gear, vehicle.parking_brake, vehicle.speed)


@pytest.mark.proves("C.databroker")
async def test_a_real_car_counts_as_moving_until_it_is_seen_parked_and_again_once_it_is_lost(broker: Broker) -> None:
    complaints: list[str] = []
    vehicle = SimulatedVehicle()
    source = KuksaSource(vehicle, f"127.0.0.1:{broker.port}", SystemClock(), noted(complaints))
    assert not vehicle.simulated
    changes: list[DrivingState] = []
    vehicle.subscribe(lambda: changes.append(state(vehicle)))
    assert state(vehicle) is DrivingState.MOVING
    following = await follow(source)
    try:
        await broker.changes.put({SPEED: 0.0, GEAR: 126, PARKING_BRAKE: True, RANGE: 42_000})
        await until(lambda: state(vehicle) is DrivingState.PARKED)
        assert vehicle.values()[RANGE] == 42_000.0
        await broker.changes.put({SPEED: 50.5, GEAR: 127, PARKING_BRAKE: False})
        await until(lambda: vehicle.speed == 50.5)
        await broker.changes.put({SPEED: 0.0, GEAR: 126})
        await until(lambda: state(vehicle) is DrivingState.PARKED)
        await broker.server.stop(None)
        await until(lambda: bool(complaints))
        assert state(vehicle) is DrivingState.MOVING
        assert "counts as moving" in complaints[0]
        await broker.start()
        await broker.changes.put({SPEED: 0.0, GEAR: 126})
        await until(lambda: state(vehicle) is DrivingState.PARKED, 10)
        assert len(complaints) == 1
    finally:
        following.cancel()
        await asyncio.wait([following])
    assert DrivingState.PARKED in changes


@pytest.mark.proves("C.databroker")
async def test_a_broker_that_is_not_there_is_told_once_and_the_car_counts_as_moving() -> None:
    complaints: list[str] = []
    vehicle = SimulatedVehicle()
    source = KuksaSource(vehicle, "127.0.0.1:9", SystemClock(), noted(complaints))
    following = await follow(source)
    await until(lambda: bool(complaints), 10)
    following.cancel()
    await asyncio.wait([following])
    assert state(vehicle) is DrivingState.MOVING


@pytest.mark.proves("C.databroker")
@pytest.mark.parametrize("address", ["", ":55555", "car:port"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(ConfigurationError, match="host:port"):
        KuksaSource(SimulatedVehicle(), address, SystemClock(), lambda _: None)
