"""Which tool a sentence asks for."""
