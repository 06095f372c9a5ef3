"""A gateway for HTTP services with several instances each: it balances, checks their health, and fails over.

A request goes once to a healthy instance. It goes to another one only if the first cannot have received it, or if
repeating it changes nothing (GET, HEAD). The gateway never reads what it passes on.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from client.clock import Clock
from client.servers.rest.platform_records import Balancing, GatewayInstance, GatewayService

_log = logging.getLogger(__name__)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that may be sent again (RFC 9110, section 9.2.1)."""
HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade host "
    "content-length".split()
)
"""Headers that concern a single connection (RFC 9110, section 7.6.1), and headers that httpx sets itself."""
_HEALTH_SECONDS = 5.0
_MOST_TIMES = 1000


@dataclass
class Instance:
    """One instance of a service, with its health."""

    where: GatewayInstance
    healthy: bool = True
    detail: str = ""
    response_time: float | None = None
    """Milliseconds that the last health check took."""
    checked_at: float | None = None
    """When the last health check ended, in seconds since the epoch."""
    active: int = 0
    requests: int = 0
    failures: int = 0
    credit: float = 0.0
    """Counter of smooth weighted round robin, as nginx does it."""

    @property
    def url(self) -> str:
        """The instance's address without a path."""
        host = f"[{self.where.host}]" if ":" in self.where.host else self.where.host
        return f"http://{host}:{self.where.port}"


@dataclass
class GatewayTarget:
    """A service behind the gateway."""

    service: GatewayService
    instances: list[Instance]
    times: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST_TIMES))
    """Milliseconds of the most recent requests."""
    turn: itertools.count[int] = field(default_factory=itertools.count)


class GatewayError(Exception):
    """A request that could not be passed on. `status` is the HTTP status for the caller."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class InstanceAnswer:
    """An instance's answer, whose body is still arriving. Whoever holds it has to close it."""

    def __init__(
        self, status: int, headers: Sequence[tuple[str, str]], response: httpx.Response, instance: Instance
    ) -> None:
        self.status = status
        self.headers = headers
        self.body: AsyncIterator[bytes] = response.aiter_raw()
        self._response = response
        self._instance = instance

    async def close(self) -> None:
        """Close the connection to the instance."""
        self._instance.active -= 1
        await self._response.aclose()


class Gateway:
    """All services behind the gateway, by name."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        clock: Clock,
        *,
        balancing: Balancing = "round_robin",
        check_every: float = 30.0,
    ) -> None:
        self.balancing: Balancing = balancing
        self.check_every = check_every
        self.targets: dict[str, GatewayTarget] = {}
        self.changes = 0
        """How often a service was added or removed."""
        self._http = http
        self._clock = clock
        self._keeper: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Start to check the instances every `check_every` seconds."""
        self._keeper = asyncio.create_task(self._keep(), name="gateway checks")

    async def close(self) -> None:
        """Stop the health checks."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})

    def add(self, service: GatewayService) -> GatewayTarget:
        """Add a service, or replace the one of the same name. It counts as healthy until its first check."""
        target = GatewayTarget(service, [Instance(where) for where in service.instances])
        self.targets[service.name] = target
        self.changes += 1
        return target

    def remove(self, name: str) -> bool:
        """Remove a service; return whether there was one."""
        self.changes += 1
        return self.targets.pop(name, None) is not None

    def match(self, services: Mapping[str, str]) -> None:
        """Replace all services by these, given as JSON by name. An unchanged service keeps its health and counts."""
        for name in self.targets.keys() - services.keys():
            self.remove(name)
        for name, text in services.items():
            service = GatewayService.model_validate_json(text)
            target = self.targets.get(name)
            if target is None or target.service != service:
                self.add(service)

    def find(self, path: str) -> GatewayTarget | None:
        """Return the service with the longest base path that the path begins with."""
        fitting = [
            target
            for target in self.targets.values()
            if path == target.service.base_path or path.startswith(target.service.base_path.rstrip("/") + "/")
        ]
        return max(fitting, key=lambda target: len(target.service.base_path), default=None)

    # -- health --

    async def _keep(self) -> None:
        while True:
            await self._clock.sleep(self.check_every)
            await asyncio.gather(*(self.check(target) for target in list(self.targets.values())))

    async def check(self, target: GatewayTarget) -> None:
        """Check every instance of a service now."""
        await asyncio.gather(*(self._look(target, instance) for instance in target.instances))

    async def _look(self, target: GatewayTarget, instance: Instance) -> None:
        began = self._clock.monotonic()
        path = target.service.health_endpoint or target.service.base_path or "/"
        try:
            response = await self._http.get(instance.url + path, timeout=_HEALTH_SECONDS)
            instance.healthy = response.status_code < 500
            instance.detail = "" if instance.healthy else f"answered {response.status_code}"
        except httpx.HTTPError as error:
            instance.healthy, instance.detail = False, f"{type(error).__name__}: {error}".rstrip(": ")
        instance.response_time = round((self._clock.monotonic() - began) * 1000, 3)
        instance.checked_at = self._clock.now()

    # -- passing on --

    def _order(self, target: GatewayTarget) -> list[Instance]:
        """Return the healthy instances, the best one first."""
        well = [instance for instance in target.instances if instance.healthy and instance.where.weight > 0]
        if not well:
            return []
        if self.balancing == "least_connections":
            return sorted(well, key=lambda instance: instance.active)
        if self.balancing == "weighted":
            for instance in well:
                instance.credit += instance.where.weight
            first = max(well, key=lambda instance: instance.credit)
            first.credit -= sum(instance.where.weight for instance in well)
            return [first, *(instance for instance in well if instance is not first)]
        start = next(target.turn) % len(well)
        return well[start:] + well[:start]

    async def forward(
        self, target: GatewayTarget, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> InstanceAnswer:
        """Pass a request on, and return the answer as soon as its headers arrive. Raises `GatewayError`."""
        own = {named.strip().lower() for n, v in headers if n.lower() == "connection" for named in v.split(",")}
        kept = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP | own]
        seconds = target.service.timeout / 1000
        began = self._clock.monotonic()
        for instance in self._order(target):
            left = seconds - (self._clock.monotonic() - began)
            if left <= 0:
                break
            request = self._http.build_request(method, instance.url + path, headers=kept, content=body, timeout=left)
            instance.active += 1
            instance.requests += 1
            try:
                async with asyncio.timeout(left):
                    response = await self._http.send(request, stream=True)
            except (httpx.HTTPError, TimeoutError) as error:
                instance.active -= 1
                self._failed(target, instance, method, error)  # raises unless another instance may be tried
                continue
            except asyncio.CancelledError:
                instance.active -= 1
                raise
            target.times.append((self._clock.monotonic() - began) * 1000)
            shown = [(n, v) for n, v in response.headers.multi_items() if n.lower() not in HOP_BY_HOP]
            return InstanceAnswer(response.status_code, shown, response, instance)
        raise GatewayError(503, f"No instance of {target.service.name} is well.")

    def _failed(
        self, target: GatewayTarget, instance: Instance, method: str, error: httpx.HTTPError | TimeoutError
    ) -> None:
        """Note what went wrong with an instance. Raises `GatewayError` if no other instance may be tried."""
        instance.failures += 1
        not_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        if not not_sent and isinstance(error, httpx.TimeoutException | TimeoutError):
            raise GatewayError(504, f"{target.service.name} did not answer in time.") from error
        # It is left alone until a check finds it well.
        instance.healthy, instance.detail = False, f"{type(error).__name__}: {error}".rstrip(": ")
        _log.warning("gateway: %s is away: %s", instance.url, instance.detail)
        if not not_sent and method not in SAFE_METHODS:
            raise GatewayError(502, f"{target.service.name} broke off; it may have acted.") from error
