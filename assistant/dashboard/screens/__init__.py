"""Screens that open above the panes of a parked car, one in each file. All close at once when the car moves."""
