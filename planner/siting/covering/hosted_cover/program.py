"""Covering with hosts as a mixed-integer program on sparse arrays."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.hosted_cover.hosts import HostedTown
from planner.siting.covering.site_program import ProgramAnswer, solve_site_program

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def solve_hosted_program(town: HostedTown, *, start: Bools | None, time_limit_s: float, gap: float) -> ProgramAnswer:
    """The options of the most covered weight, and a proven bound on it.

    max Σ w y  s.t.  y_i ≤ Σ_j a_ij x_j,  Σ c_j x_j + Σ f_h z_h ≤ budget,  x_j ≤ z_h of its host h,
    Σ_j size_j x_j ≤ room_h for each host, Σ_j m_kj x_j ≥ 1 for what must be covered, Σ_i p_gi y_i ≥ need_g for each
    group;  x, z binary, 0 ≤ y ≤ 1: columns x, then z of the hosts that cost money, then y.
    """
    rows, options = town.matrix.shape
    hosts = town.hosts
    everything = np.arange(options)
    charged = np.flatnonzero((hosts.cost > 0) & (np.bincount(hosts.host, minlength=len(hosts.cost)) > 0))
    tight = np.flatnonzero(hosts.taken(everything) > hosts.room)
    pays = np.flatnonzero(np.isin(hosts.host, charged))
    payer = np.searchsorted(charged, hosts.host[pays])
    held = np.flatnonzero(np.isin(hosts.host, tight))
    holder = np.searchsorted(tight, hosts.host[held])
    ones, line = np.ones(len(pays)), np.arange(len(pays))
    columns = (options, len(charged), rows)
    blocks: list[tuple[sp.sparray | None, sp.sparray | None, sp.sparray | None, Floats, Floats]] = [
        (town.matrix, None, -sp.eye_array(rows), np.zeros(rows), np.full(rows, np.inf)),
        (
            sp.csr_array((-ones, (line, pays)), shape=(len(pays), options)),
            sp.csr_array((ones, (line, payer)), shape=(len(pays), len(charged))),
            None,
            np.zeros(len(pays)),
            np.full(len(pays), np.inf),
        ),
        (
            sp.csr_array((hosts.size[held], (holder, held)), shape=(len(tight), options)),
            None,
            None,
            np.full(len(tight), -np.inf),
            hosts.room[tight],
        ),
        (town.must, None, None, np.ones(town.must.shape[0]), np.full(town.must.shape[0], np.inf)),
        (None, None, town.parts, town.need, np.full(len(town.need), np.inf)),
    ]
    if np.isfinite(town.budget):
        money = sp.csr_array(town.cost[None, :]), sp.csr_array(hosts.cost[charged][None, :])
        blocks.append((*money, None, np.array([-np.inf]), np.array([town.budget])))
    begin = None
    if start is not None:
        opened = start.astype(np.float64)
        is_host = np.isin(charged, hosts.host[start]).astype(np.float64)
        begin = np.concatenate([opened, is_host, np.minimum(town.matrix @ opened, 1.0)])
    answer = solve_site_program(
        sp.csr_array(sp.vstack([_row(columns, block[:3], len(block[3])) for block in blocks], format="csr")),
        np.concatenate([block[3] for block in blocks]),
        np.concatenate([block[4] for block in blocks]),
        np.concatenate([np.zeros(options + len(charged)), town.weight]),
        options + len(charged),
        maximise=True,
        start=begin,
        time_limit_s=time_limit_s,
        gap=gap,
        whole=bool((town.weight == np.round(town.weight)).all()),
        # Measured: where groups have floors, starting over takes up to three times as long.
        restart=False,
    )
    chosen = None if answer.chosen is None else answer.chosen[answer.chosen < options]
    return ProgramAnswer(chosen, answer.bound, answer.interrupted, answer.impossible, answer.best)


def _row(columns: tuple[int, ...], parts: tuple[sp.sparray | None, ...], height: int) -> sp.sparray:
    """Matrices side by side, nothing but zeros where there is none."""
    wide = [sp.csr_array((height, width)) if part is None else part for part, width in zip(parts, columns, strict=True)]
    side_by_side: sp.sparray = sp.hstack(wide, format="csr")
    return side_by_side
