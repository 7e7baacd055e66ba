"""Recordings: what was captured and played when, in one file, and where the files are kept."""
