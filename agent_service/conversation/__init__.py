"""The dialogue: pure rules of a conversation. Events in, commands out, time is an argument."""
