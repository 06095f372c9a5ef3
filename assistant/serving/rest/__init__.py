"""The McQueen REST server."""
