"""Server processes on this machine: started, watched, logged."""
