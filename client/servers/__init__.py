"""One module for each way to reach a server, all with the protocol `ToolServer`."""
