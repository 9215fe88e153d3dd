"""Queues: how many places it takes so that few wait long, or few go away.

Erlang, A. K. (1917), Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges. Post Office Electrical Engineers' Journal 10. Formulas as in Cooper, R. B. (1981), Introduction to queueing
theory, 2nd ed., chapter 3. Arrivals are a Poisson process. The load is how many places would be taken on average if
there were places for all: arrivals an hour times the hours that each stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from planner.errors import ArgumentError

_MOST_PLACES: Final = 1_000_000
_HALVINGS: Final = 200


def lost_share(places: int, load: float) -> float:
    """The share of arrivals that find all places taken, where such go away (Erlang B); any stay of this mean.

    By the recursion over the places, which neither overflows nor loses digits.
    """
    _check(places, load)
    lost = 1.0
    for n in range(1, places + 1):
        lost = load * lost / (n + load * lost)
    return lost


def waiting_share(places: int, load: float) -> float:
    """The share of arrivals that must wait, where all wait (Erlang C); 1 where the load is not below the places.

    For stays that are exponentially distributed; with stays of one length fewer wait, and for about half as long.
    """
    lost = lost_share(places, load)
    if load >= places:
        return 1.0
    return places * lost / (places - load * (1.0 - lost))


def late_share(places: int, load: float, *, wait: float, stay: float) -> float:
    """The share of arrivals that wait longer than ``wait``; ``stay`` is the mean stay, in the same unit of time."""
    _check_times(wait, stay)
    if load >= places:
        return 1.0
    return waiting_share(places, load) * math.exp(-(places - load) * wait / stay)


def mean_wait(places: int, load: float, *, stay: float) -> float:
    """How long an arrival waits on average, in the unit of ``stay``; infinite where the load is too large."""
    _check_times(0.0, stay)
    return waiting_share(places, load) * stay / (places - load) if load < places else math.inf


def places_for_wait(load: float, *, wait: float, stay: float, share: float) -> int:
    """The fewest places at which at most ``share`` of arrivals wait longer than ``wait``; none without load."""
    _check_share(share)
    _check(0, load)
    _check_times(wait, stay)
    if load == 0:
        return 0
    lost = 1.0
    for n in range(1, _MOST_PLACES):
        lost = load * lost / (n + load * lost)
        if n > load:
            waiting = n * lost / (n - load * (1.0 - lost))
            if waiting * math.exp(-(n - load) * wait / stay) <= share:
                return n
    raise ArgumentError("load_too_large", load=load)


def places_for_loss(load: float, *, share: float) -> int:
    """The fewest places at which at most ``share`` of arrivals find all of them taken; none without load."""
    _check_share(share)
    _check(0, load)
    lost = 1.0
    for n in range(_MOST_PLACES):
        if load == 0 or lost <= share:
            return n
        lost = load * lost / (n + 1 + load * lost)
    raise ArgumentError("load_too_large", load=load)


def load_for_wait(places: int, *, wait: float, stay: float, share: float) -> float:
    """The largest load that ``places`` take with at most ``share`` of arrivals waiting longer than ``wait``."""
    _check_share(share)
    return _largest(places, lambda load: late_share(places, load, wait=wait, stay=stay) <= share, float(places))


def load_for_loss(places: int, *, share: float) -> float:
    """The largest load that ``places`` take with at most ``share`` of arrivals finding all of them taken."""
    _check_share(share)
    if places == 0:
        return 0.0
    # Of a load that is lost but for what all places can take, this share is lost at most.
    most = places / (1.0 - share) + 1.0
    return _largest(places, lambda load: lost_share(places, load) <= share, most)


def _largest(places: int, is_enough: Callable[[float], bool], most: float) -> float:
    low, high = 0.0, most
    _check(places, most)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if is_enough(middle) else (low, middle)
    return low


def _check(places: int, load: float) -> None:
    if isinstance(places, bool) or places != int(places) or places < 0:
        raise ArgumentError("bad_limit", name="places", value=places)
    if not (math.isfinite(load) and load >= 0):
        raise ArgumentError("bad_limit", name="load", value=load)


def _check_times(wait: float, stay: float) -> None:
    if not (math.isfinite(wait) and wait >= 0):
        raise ArgumentError("bad_limit", name="wait", value=wait)
    if not (math.isfinite(stay) and stay > 0):
        raise ArgumentError("bad_stay", value=stay)


def _check_share(share: float) -> None:
    if not 0 < share < 1:
        raise ArgumentError("bad_open_share", value=share)
