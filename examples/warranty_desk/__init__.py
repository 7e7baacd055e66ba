"""A small package of tools of one's own: warranty and repairs for the demo shop."""
