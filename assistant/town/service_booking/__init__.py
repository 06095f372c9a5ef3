"""The service-booking MCP server (contracts section 3): from a mobile number and a registration to a booked service."""
