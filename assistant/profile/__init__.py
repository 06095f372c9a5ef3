"""The driver's profile: stored on this device; shown, edited and erased by voice and by command."""
