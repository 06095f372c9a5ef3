"""What the server stores: sessions, limits, users, secrets and the audit log."""
