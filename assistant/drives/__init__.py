"""Drives: scripted conversations with a vehicle and a network, run, checked and reported."""
