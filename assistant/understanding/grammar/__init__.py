"""What the recognizer listens for."""
