"""Native threads are limited before numpy can start any."""

import subprocess
import sys

import numpy as np
import pytest

from agent_service.errors import OfflineError
from agent_service.offline.speech.threads import keep_native_threads_single

PROGRAM = """
from agent_service.offline.speech.threads import keep_native_threads_single
keep_native_threads_single()
import numpy as np, os
square = np.ones((600, 600))
square @ square
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads where Linux shows them")
def test_numpy_computes_on_the_thread_that_asks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "1"


def test_it_is_too_late_once_numpy_is_there() -> None:
    assert np.__version__
    with pytest.raises(OfflineError, match="before numpy"):
        keep_native_threads_single()
