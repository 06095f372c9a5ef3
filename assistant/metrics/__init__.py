"""Figures of what runs: counted, shown at a port of their own, watched by rules. Observes; changes nothing."""
