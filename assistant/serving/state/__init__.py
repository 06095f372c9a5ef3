"""What serving remembers: sessions, limits, users, secrets and the audit log."""
