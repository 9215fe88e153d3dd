"""Ctrl+C after a while, also where the tests run in the background and the shell has switched it off."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A search that should have ended within a second or two has by then, on however slow and busy a machine; one that
# heeds neither its limit nor an interrupt goes on.
LATE_S = 30.0


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """``KeyboardInterrupt`` in the main thread after some seconds, if the block still runs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        signal.signal(signal.SIGINT, before)
