"""The turn as a table without I/O: `step(state, event) -> (state, effects)`."""
