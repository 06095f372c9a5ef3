"""Figures of a running McQueen: counted, served on a separate port, watched by alert rules. Observes; changes
nothing."""
