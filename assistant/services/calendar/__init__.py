"""The calendar over CalDAV. Writes what was confirmed, changes single events, and deletes nothing."""
