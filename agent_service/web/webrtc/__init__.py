"""Calls over WebRTC: what browsers speak when they speak for themselves."""
