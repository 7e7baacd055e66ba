"""What the browser is given to hear."""

from widget_page import microphone

__all__ = ["microphone"]
