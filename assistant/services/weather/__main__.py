"""`python -m assistant.services.weather`: the real weather as an MCP server on stdio."""

from __future__ import annotations

import argparse

from assistant.services.service_command import parser_for, run, serve
from assistant.services.weather.open_meteo import FORECAST_URL, GEOCODING_URL, OpenMeteo
from assistant.services.weather.weather_service import WeatherService
from client.http import open_http_client


async def _main(given: argparse.Namespace) -> None:
    async with open_http_client() as http:
        await serve(WeatherService(OpenMeteo(http, given.forecast_url, given.geocoding_url)).host())


def main() -> None:
    """Serve until the other side closes the pipe."""
    parser = parser_for("weather", "The weather from Open-Meteo, as an MCP server on stdio.")
    parser.add_argument("--forecast-url", default=FORECAST_URL, metavar="URL", help="of a server of your own")
    parser.add_argument("--geocoding-url", default=GEOCODING_URL, metavar="URL", help="the same, for names of places")
    run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
