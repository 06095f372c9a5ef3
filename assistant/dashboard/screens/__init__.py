"""What opens over the screens of a parked car, one a file. All close at once when the car moves."""
