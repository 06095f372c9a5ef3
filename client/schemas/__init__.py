"""JSON Schemas of foreign servers: read, checked, and never trusted."""
