"""What the town's tools promise, as entries of an MCP `tools/list` result. Data; nothing here runs a tool."""
