"""The faces of the server side: how other programs reach the tools. Stands beside the runtime, decides no dialogue."""
