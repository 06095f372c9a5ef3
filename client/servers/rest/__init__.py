"""The two REST dialects."""
