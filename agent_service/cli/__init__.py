"""The command line: one module per command."""

from typing import Final

CTRL_C_STATUS: Final = 130
"""The exit status of what Ctrl-C ended, as shells have it."""
