"""Whether what the speech model said is what the read-back was to say.

Pure: two texts and a language go in, a verdict comes out. In doubt it is "no": then the service
asks again, whereas a "yes" too many lets a caller agree to what they were not told.
"""

from agent_service.conversation.read_back.comparing import says_the_same

__all__ = ["says_the_same"]
