"""Long work: done in a thread of its own, so that the page tells how far it is and can stop it.

A script of Streamlit runs anew at every touch. What takes long is therefore a :class:`Job` of the session: it is waited
for briefly, then looked at twice a second until it is done; one that was asked for later takes its place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, TypeVar

import streamlit as st

from planner.siting import stop_when, watch
from planner.words import Language, say

Result = TypeVar("Result")

# A page that answers within a second shows no progress, which would only flicker.
_PATIENCE_S: Final = 0.9
_LOOK_EVERY_S: Final = 0.5


class Stopped(Exception):  # noqa: N818 - a domain answer, not a fault
    """The work was stopped before there was anything to show for it."""


class Job(Generic[Result]):
    """Work under way: ``step`` says in words what it is at, ``best`` and ``bound`` what the optimizer has so far."""

    def __init__(self, key: Hashable, make: Callable[[Job[Result]], Result]) -> None:
        self.key = key
        self.step = ""
        self.best = self.bound = float("nan")
        self._started = time.monotonic()
        self._stop = threading.Event()
        self._done = threading.Event()
        self._result: Result | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, args=(make,), daemon=True).start()

    def stop(self) -> None:
        """Ask it to end with what it has."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to end."""
        return self._stop.is_set()

    def go_on(self) -> None:
        """Called by the work between its steps. Raises ``Stopped`` where it was asked to end."""
        if self.is_stopped:
            raise Stopped

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._started

    def wait(self, seconds: float) -> bool:
        """Whether it is done, within so many seconds from now."""
        return self._done.wait(seconds)

    def result(self) -> Result:
        """What was made. Raises what the work raised."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def _run(self, make: Callable[[Job[Result]], Result]) -> None:
        try:
            with stop_when(self._stop.is_set), watch(self._tell):
                self._result = make(self)
        except BaseException as error:  # told where the result is asked for
            self._error = error
        finally:
            self._done.set()

    def _tell(self, best: float, bound: float) -> None:
        self.best, self.bound = best, bound


def done(place: str, key: Hashable, make: Callable[[Job[Any]], Result], language: Language) -> Result | None:
    """The result of the work ``make`` that goes by ``key``; ``None`` while it is under way, which is then shown.

    ``place`` names the one piece of work that a session has under way there: another ``key`` stops it. Raises what the
    work raised, and ``Stopped`` where the reader stopped it before there was anything to show.
    """
    held = f"job.{place}"
    job: Job[Result] | None = st.session_state.get(held)
    if job is None or job.key != key:
        if job is not None:
            job.stop()
        job = st.session_state[held] = Job(key, make)
    if job.wait(_PATIENCE_S):
        return job.result()
    _show_progress(held, language)
    return None


@st.fragment(run_every=_LOOK_EVERY_S)
def _show_progress(held: str, language: Language) -> None:
    job: Job[Any] = st.session_state[held]
    if job.wait(0):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="progress"):
        st.markdown(f":material/hourglass_top: {_told(job, language)}", width="stretch")
        label = say("work.stopping" if job.is_stopped else "work.stop", language)
        st.button(label, on_click=job.stop, disabled=job.is_stopped, key=f"{held}.stop")


def _told(job: Job[Any], language: Language) -> str:
    told = [say("work.running", language, seconds=int(job.seconds), step=job.step)]
    if job.best > 0 and job.bound > 0:
        told.append(say("work.so_far", language, gap=max(job.bound / job.best - 1, 0.0)))
    return say("work.join", language).join(told)
