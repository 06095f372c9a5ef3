"""What can be set, and the files it is kept in."""
