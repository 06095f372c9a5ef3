"""MCP servers over every transport."""
