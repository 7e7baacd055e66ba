"""What the team does about conversations: who sees to one, how far that is, labels and notes."""
