"""Recognizers behind one protocol: a transcript with alternatives, following a grammar given at run time."""
