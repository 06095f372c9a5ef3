"""The command line: thin commands over the library, one module each, loaded only when called."""
