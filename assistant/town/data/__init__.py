"""Data of the simulated town: names, numbers and texts, no code."""
