"""A small neural speech model that follows the grammar of the moment, and hears freely beside it."""
