"""The model side: Realtime codec, dialects and the WebSocket to the provider."""
