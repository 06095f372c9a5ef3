"""The AI Platform face: MCP servers of users, supervised here, and a gateway before HTTP services."""
