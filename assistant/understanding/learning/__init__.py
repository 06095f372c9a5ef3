"""What was learned: from this driver, from servers, and what is kept of it on disk."""
