"""The words for money."""

from typing import Final

SIGNS: Final = {"dollar": "$", "dollars": "$", "pounds": "£", "euro": "€", "euros": "€"}
"""What a price is written with. A single "pound" is mostly a weight."""
HUNDREDTHS: Final = ("cents", "cent", "pence")
