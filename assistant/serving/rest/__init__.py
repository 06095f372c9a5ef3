"""The McQueen REST face."""
