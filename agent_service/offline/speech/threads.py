"""One native thread for each job: numpy's algebra would otherwise wake one for every core.

Call it first thing in the process of the offline provider. numpy reads these variables when it is
imported, and never again.
"""

import os
import sys

from agent_service.errors import OfflineError


def keep_native_threads_single() -> None:
    """Make numpy and its kin compute on the thread that asks."""
    if "numpy" in sys.modules:
        raise OfflineError("Native threads can only be limited before numpy is imported.")
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        # Settings are read elsewhere; these are not ours, they are how numpy is told.
        os.environ[name] = "1"  # noqa: TID251
    # No package of the offline provider may look for models outside.
    os.environ["HF_HUB_OFFLINE"] = "1"  # noqa: TID251
