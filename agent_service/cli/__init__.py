"""The command line: one module per command."""

from typing import Final

CTRL_C_STATUS: Final = 130
"""The exit status of what Ctrl-C ended, as shells have it."""
SIGTERM_STATUS: Final = 143
"""The exit status of a command that SIGTERM cut short, as shells have it."""
