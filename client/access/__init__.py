"""Logins: sessions and the credentials that open them."""
