"""The caller side: pure codecs between a client and the dialogue."""
