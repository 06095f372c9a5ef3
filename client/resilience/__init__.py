"""Retry, circuit breaker and balancing for a network that fails; one idea a file. Nothing here contacts a server."""
