"""A small neural speech model that follows a grammar, and also decodes freely."""
