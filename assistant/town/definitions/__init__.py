"""The definitions of the town's tools, as entries of an MCP `tools/list` result. Data; nothing here runs a tool."""
