"""A simulated town behind real tools, whose effects persist. Lowest layer; imports nothing from above."""
