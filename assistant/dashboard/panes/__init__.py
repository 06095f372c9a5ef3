"""The screens of a parked car, one a file."""
