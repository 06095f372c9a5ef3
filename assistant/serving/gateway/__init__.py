"""The gateway before HTTP services."""
