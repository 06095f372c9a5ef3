"""A gateway that passes requests on to HTTP services."""
