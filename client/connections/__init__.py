"""The lasting relation to a server: links, resources, deliveries."""
