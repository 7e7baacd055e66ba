"""What a caller may say to a read-back: words, phrases, numbers, and a grammar for each language."""
