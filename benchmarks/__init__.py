"""Measures what DESIGN promises and prints one table; ratios within one run, never a timed test."""
