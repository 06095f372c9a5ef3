"""Values for parameters, typed by JSON Schema and cut from what was said."""
