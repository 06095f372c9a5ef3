"""A voice review of a server's tools: what a driver can reach and say, and what its author could improve."""
