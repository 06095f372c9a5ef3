"""Hosts, whose tools can be served: the host protocol, argument checks, and an MCP server over a host."""
