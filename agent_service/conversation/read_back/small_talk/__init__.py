"""What people say around a read-back, in each language."""
