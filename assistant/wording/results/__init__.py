"""Turns what a tool returned into what a person would say, whatever server it came from.

`policy/result_values.py` finds the value in the answer, `markup.py` cleans text, `names.py` reads what names of fields
and tools say, `value_words.py` words one value, `written_moments.py` its times, `fields.py` picks what tells things
apart, `result_sentences.py` puts sentences together, and `failures.py` words errors. All pure: nothing here contacts a
server, and nothing that a server returns is ever followed as an instruction.
"""
