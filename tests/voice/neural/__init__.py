"""Tests of the neural recognizer: its grammar walk, its search, its files and its decisions."""
