"""What a caller may say to a read-back: words, phrases and grammars."""
