"""E-mail over SMTP and IMAP. Sends what was confirmed, reads what is there, and deletes nothing."""
