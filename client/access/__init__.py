"""Being let in: sessions and what opens them."""
