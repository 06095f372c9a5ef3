"""All sentences that McQueen says, by language. Decides nothing."""
