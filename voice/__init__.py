"""Hears and speaks: audio in, transcripts out; text in, sound out.

Knows nothing of tools or dialogue, and never stores audio unless the driver asks for a recording.
"""
