"""A stranger's schema: read, checked, and never trusted."""
