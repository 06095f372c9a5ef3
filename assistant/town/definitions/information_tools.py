"""Weather and web search: both only read."""

from __future__ import annotations

from assistant.town.definitions.schema import Definition, hints, meta, record, result, text, whole

GET_WEATHER: Definition = {
    "name": "get_weather",
    "title": "Weather",
    "description": "Current weather of a place, and what tomorrow brings.",
    "inputSchema": record(
        {
            "location": text(
                "Town or city.",
                minLength=1,
                maxLength=100,
                examples=["Heidelberg", "Mannheim", "Stuttgart", "Frankfurt", "Karlsruhe", "New York", "Munich"],
            ),
            "units": text(
                "Metric for degrees Celsius, imperial for degrees Fahrenheit.",
                enum=["metric", "imperial"],
                default="metric",
            ),
        },
        ["location"],
    ),
    "outputSchema": result(
        location=text("Place."),
        temperature={"type": "number", "description": "Degrees in the units asked for."},
        condition=text("Condition in words."),
        humidity=whole("Per cent.", 0, 100),
        wind={"type": "number", "description": "Kilometres an hour, or miles an hour."},
        units=text("Units.", enum=["metric", "imperial"]),
        tomorrow={
            "type": "object",
            "description": "Forecast of the next day: condition, low and high.",
            "properties": {"condition": {"type": "string"}, "low": {"type": "number"}, "high": {"type": "number"}},
        },
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "weather",
        [
            "what's the weather in [new york](location)",
            "what is the weather like in [stuttgart](location)",
            "how is the weather in [mannheim](location)",
            "how warm is it in [heidelberg](location)",
            "how cold is it in [munich](location)",
            "is it raining in [frankfurt](location)",
            "will it rain in [karlsruhe](location)",
            "do i need an umbrella in [mannheim](location)",
            "weather forecast for [stuttgart](location)",
            "weather in [heidelberg](location) please",
            "tell me the temperature in [frankfurt](location)",
            "what's the temperature in [new york](location) in [imperial](units) units",
            "check the weather in [karlsruhe](location)",
            "is it snowing in [munich](location)",
            "what's the weather",
        ],
        words={"units": {"metric": ["metric", "celsius"], "imperial": ["imperial", "fahrenheit"]}},
    ),
}

WEB_SEARCH: Definition = {
    "name": "web_search",
    "title": "Web search",
    "description": "Search the web for facts, news and explanations.",
    "inputSchema": record(
        {
            "query": text(
                "What to look for.",
                minLength=1,
                maxLength=300,
                examples=[
                    "winter tyres",
                    "speed limits in germany",
                    "first aid",
                    "charging an electric car",
                    "heidelberg castle",
                    "traffic news",
                ],
            ),
            "num_results": whole("How many results.", 1, 10, default=5),
        },
        ["query"],
    ),
    "outputSchema": result(
        results={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "url": {"type": "string"},
                    "snippet": {"type": "string"},
                },
                "required": ["title", "url", "snippet"],
            },
        },
        query=text("What was looked for."),
        total=whole("How many were found.", 0, 10),
    ),
    "annotations": hints(read_only=True, open_world=True),
    "_meta": meta(
        "search",
        [
            "search the web for [winter tyres](query)",
            "search for [heidelberg castle](query)",
            "search the internet for [traffic news](query)",
            "look up [speed limits in germany](query)",
            "look up [first aid](query) on the web",
            "google [winter tyres](query)",
            "find information about [charging an electric car](query)",
            "what does the web say about [first aid](query)",
            "find me [three](num_results) articles about [winter tyres](query)",
            "what can you find out about [heidelberg castle](query)",
            "do a web search for [traffic news](query)",
            "search online for [speed limits in germany](query)",
        ],
    ),
}
