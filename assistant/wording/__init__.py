"""Everything that McQueen says, in which language. Decides nothing."""
