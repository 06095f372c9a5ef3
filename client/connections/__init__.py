"""The standing relation to a server: links, resources, deliveries."""
