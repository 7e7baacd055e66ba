"""Reviewing conversations: which are drawn, what reviewers think, how far they agree."""
