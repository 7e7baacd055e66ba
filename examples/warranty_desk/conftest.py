"""These tools work on the demo shop's tables: where it was taken out, they have nothing to do."""

import importlib.util

HAS_SHOP = importlib.util.find_spec("agent_service.demo_shop") is not None
collect_ignore = [] if HAS_SHOP else ["test_tools.py"]
