"""Clients for real services, as MCP servers; e-mail, calendar and weather with the definitions of the simulated ones.

    python -m assistant.services.mail       SMTP and IMAP
    python -m assistant.services.calendar   CalDAV
    python -m assistant.services.weather    Open-Meteo
    python -m assistant.services.files      the files of one folder
    python -m assistant.services.github     GitHub
    python -m assistant.services.messages   Slack, Teams, WhatsApp, Matrix, Mastodon, LinkedIn

Each speaks MCP on stdio, and is configured like any server that has a command. What a service returns is data to be
told; nothing here reads it as a request.
"""
