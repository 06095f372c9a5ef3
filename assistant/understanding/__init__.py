"""From words to proposed calls: pure, offline, the same answer for the same input."""
