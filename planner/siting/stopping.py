"""When a search ends: at its time limit, or as soon as somebody outside asks it to stop; and how far it has come.

Ctrl+C reaches only the main thread. Work in another thread, as that of a page, is stopped by :func:`stop_when`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

Progress = Callable[[float, float], None]

INTERRUPTED: Final = "interrupted"
_TOLD_EVERY_S: Final = 0.2
_stopped: ContextVar[Callable[[], bool] | None] = ContextVar("stopped", default=None)
_progress: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def stop_when(stopped: Callable[[], bool]) -> Iterator[None]:
    """Every model called in this context ends soon after ``stopped()`` is true, as it does at Ctrl+C.

    It then returns its best answer so far with the bound proven so far, and ``"interrupted"`` as its method; models
    called later in the context end at once with a first answer. ``stopped`` is asked often and in the thread of the
    model, so it must be quick; once true it must stay true. What it raises ends the model. Contexts may be nested: each
    of them stops. A context is that of the thread which entered it.

    A model looks up between lots of compiled steps, some 50 ms long, and where HiGHS calls back, which it does not
    while it solves the first relaxation of a mixed-integer program. Always finished are the checks and reductions
    before the search, its first answer, and the compiling where a machine runs a model for the first time.
    """
    outer = _stopped.get()
    token = _stopped.set(stopped if outer is None else lambda: outer() or stopped())
    try:
        yield
    finally:
        _stopped.reset(token)


@contextmanager
def watch(progress: Progress | None) -> Iterator[None]:
    """A model called in this context calls ``progress(objective, bound)`` now and then with what it has so far.

    At most five times a second, in the thread of the model; what ``progress`` raises ends the model. Told by
    :func:`max_cover`, :func:`set_cover`, :func:`p_median`, :func:`p_center` and :func:`capacitated_cover`; what solves
    several models in turn tells nothing, and ``None`` is told nothing.
    """
    token = _progress.set(progress)
    try:
        yield
    finally:
        _progress.reset(token)


def stop_request() -> Callable[[], bool] | None:
    """What says whether a model called here is to stop; ``None`` where nothing can say so."""
    return _stopped.get()


class Deadline:
    """The clock of one call of a model: when it began, when it must end, and whether it was told to stop."""

    def __init__(self, time_limit_s: float) -> None:
        self._began = time.perf_counter()
        self._ends = self._began + time_limit_s
        self._stopped, self._progress = stop_request(), _progress.get()
        self._told = self._began

    @property
    def elapsed_s(self) -> float:
        """Since the call began."""
        return time.perf_counter() - self._began

    @property
    def left_s(self) -> float:
        """Until it must end; below 0 after that."""
        return self._ends - time.perf_counter()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped is not None and self._stopped()

    @property
    def ended(self) -> bool:
        """Whether time is up or it was told to stop."""
        return self.stopped or self.left_s <= 0

    def passed(self) -> bool:
        """Whether time is up. Raises ``KeyboardInterrupt`` where the call was told to stop, as Ctrl+C does anywhere."""
        if self.stopped:
            raise KeyboardInterrupt
        return time.perf_counter() >= self._ends

    def part(self, share: float) -> Deadline:
        """An earlier one, after a share of the time that is left; it tells nobody, for a part is no whole answer."""
        earlier = Deadline(share * max(0.0, self.left_s))
        earlier._progress = None
        return earlier

    def tell(self, objective: float, bound: float) -> None:
        """Tell who watches, if somebody does and was not told a moment ago."""
        if self._progress is None:
            return
        now = time.perf_counter()
        if now - self._told >= _TOLD_EVERY_S:
            self._told = now
            self._progress(float(objective), float(bound))
