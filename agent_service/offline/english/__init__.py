"""English as it is spoken: the words for numbers, letters, months and money, and writing them.

Speech and responder both read by this: what is said one way is understood one way.
"""
