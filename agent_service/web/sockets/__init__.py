"""The sockets that callers come by: their life, the channel of each, the lane of its frames."""
