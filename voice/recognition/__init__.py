"""Recognizers behind one protocol: what was said, with alternatives, steered by a grammar at run time."""
