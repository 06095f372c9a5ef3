"""What is said of answers and errors of tools."""
