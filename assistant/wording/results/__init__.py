"""Turns what a tool returned into what a person would say, whatever server it came from.

`reading.py` finds the value in the answer, `markup.py` cleans text, `values.py` words one value, `fields.py` picks what
tells things apart, `answers.py` puts sentences together, `failures.py` words errors. All pure: nothing here contacts a
server, and nothing a server returns is ever followed as an instruction.
"""
