"""The AI Platform: users' MCP servers, which run under supervision here, and a gateway for HTTP services."""
