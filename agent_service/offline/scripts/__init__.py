"""Scenarios that the provider follows step by step, for tests of whole services."""
