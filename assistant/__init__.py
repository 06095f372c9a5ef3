"""The mind and its faces: understanding, dialogue, policy, drives, dashboard, command line."""
