"""The weather tool on the real service, with the definition and the sentences of the simulated one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.services.service_host import ServiceHost
from assistant.services.weather.open_meteo import OpenMeteo, fields
from assistant.town.definitions.information_tools import GET_WEATHER
from assistant.town.telling import weather_words


@dataclass(frozen=True)
class WeatherService:
    """The weather of any place."""

    source: OpenMeteo

    def host(self) -> ServiceHost:
        """Return it as a host of one tool."""
        return ServiceHost("weather", (GET_WEATHER, self.act))

    async def act(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the service. Raises `RefusedError`."""
        imperial = arguments["units"] == "imperial"
        found = await self.source.report(arguments["location"], imperial=imperial)
        summary = weather_words(
            found.place,
            round(found.temperature),
            found.condition,
            found.tomorrow,
            round(found.high),
            imperial=imperial,
        )
        return {"summary": summary, **fields(found, arguments["units"])}
