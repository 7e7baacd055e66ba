"""Hearing and speaking on this machine: voice activity, recognition, synthesis."""
