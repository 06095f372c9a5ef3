"""From what people write to servers."""
