"""The ways to reach a server, one module each. All follow the protocol `ToolServer`."""
