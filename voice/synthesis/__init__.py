"""Synthesizers behind one protocol: text to samples."""
