"""A simulated town behind real tools: what a tool did is there afterwards. Stands at the bottom, knows nobody above."""
