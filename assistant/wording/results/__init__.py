"""Turns a tool's result into what a person would say, whichever server it came from.

`policy/result_values.py` finds the value in the answer, `markup.py` cleans text, `names.py` interprets names of fields
and tools, `value_words.py` words one value, `written_moments.py` its times, `fields.py` picks the facts that
distinguish things, `result_sentences.py` puts sentences together, and `failures.py` words errors. All pure: nothing
here contacts a
server, and nothing that a server returns is ever followed as an instruction.
"""
