"""One live conversation: it runs the dialogue table and owns every task."""
