"""Conversations in text for users who are elsewhere: one a user, on the same dialogue table."""
