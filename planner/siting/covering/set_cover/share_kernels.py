"""Compiled part of the search for shares: closing sites, opening those that help most, closing those not needed.

A town is given by site (``site_ptr``, ``site_row``: which rows a site covers). ``term_*``: which targets a row counts
for (CSR over rows) and what part of each it is. A target is met where ``missing`` is at most its ``slack``.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc,assignment"

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step


@step
def _help(site, site_ptr, site_row, term_ptr, term_target, term_part, slack, missing, count, added, touched):
    """How much opening a site brings the targets nearer, each target counting 1 in all; the surplus does not count."""
    number = 0
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        if count[row] == 0:
            for q in range(term_ptr[row], term_ptr[row + 1]):
                target = term_target[q]
                if missing[target] > slack[target]:
                    if added[target] == 0.0:
                        touched[number] = target
                        number += 1
                    added[target] += term_part[q]
    total = 0.0
    for t in range(number):
        total += min(added[touched[t]], missing[touched[t]])
        added[touched[t]] = 0.0
    return total


@step
def _toggle(site, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open):
    """Open a shut site, or shut an open one, and keep what the targets miss right."""
    is_open[site] = not is_open[site]
    sign = 1 if is_open[site] else -1
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        count[row] += sign
        if count[row] == (1 if is_open[site] else 0):
            for q in range(term_ptr[row], term_ptr[row + 1]):
                missing[term_target[q]] -= sign * term_part[q]


@kernel
def mend_shares(
    site_ptr, site_row, term_ptr, term_target, term_part, slack, cost, dear, dearest, ruined, missing, count, is_open
):  # fmt: skip
    """Shut the ``ruined`` sites, open sites until all targets are met, shut what is not needed; by how much costs grow.

    The site that helps most for ``dear``, its blurred cost, is opened first; ``dearest`` is the order to shut in.
    """
    added, touched = np.zeros(len(missing)), np.empty(len(missing), np.int64)
    more, opening = 0.0, True
    for j in ruined:
        more -= cost[j]
        _toggle(j, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
    while opening:
        best, best_value = np.int64(-1), 0.0
        for j in range(len(cost)):
            if not is_open[j]:
                helps = _help(
                    j, site_ptr, site_row, term_ptr, term_target, term_part, slack, missing, count, added, touched
                )
                if helps > dear[j] * best_value:
                    best, best_value = j, helps / dear[j]
        opening = best >= 0
        if opening:
            more += cost[best]
            _toggle(best, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
    for j in dearest:
        if is_open[j]:
            more -= cost[j]
            _toggle(j, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
            needed = False
            for q in range(len(missing)):
                needed |= missing[q] > slack[q]
            if needed:
                more += cost[j]
                _toggle(j, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
    return more
