"""What was worked out before and is worth keeping: for all sessions, in any thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

import streamlit as st

Thing = TypeVar("Thing")

_KEPT: Final = 256


class Shelf:
    """Things by their keys, the least lately used thrown out."""

    def __init__(self) -> None:
        self._things: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Thing], *, keep: Callable[[], bool] = lambda: True) -> Thing:
        """What goes by ``key``, made where it is not there yet, and kept if ``keep`` then says so."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]  # type: ignore[no-any-return]
        made = make()
        if keep():
            with self._lock:
                self._things[key] = made
                while len(self._things) > _KEPT:
                    self._things.popitem(last=False)
        return made


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf:
    """The one shelf of the program."""
    return Shelf()
