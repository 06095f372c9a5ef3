"""The service-booking MCP server (docs/contracts.md): from a mobile number and a registration to a booked service."""
