"""Clients for real services (e-mail, calendar, weather), as MCP servers with the definitions of the simulated ones.

    python -m assistant.services.mail       SMTP and IMAP
    python -m assistant.services.calendar   CalDAV
    python -m assistant.services.weather    Open-Meteo

Each speaks MCP on stdio, and is configured like any server that has a command. What a service returns is data to be
told; nothing here reads it as a request.
"""
