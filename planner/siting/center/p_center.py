"""The p-center: the sites from which the worst-served demand point is served as well as can be.

Hakimi, S. L. (1964), Optimum locations of switching centers and the absolute centers and medians of a graph. Operations
Research 12.

The answer is one of the costs (weight × distance), so it is found by bisection over them, asking at each whether so
many sites can cover everyone within it (Minieka 1970, The m-center problem. SIAM Review 12). A decision looks at a few
rows only and takes in those that its answer leaves out (Contardo, Iori & Kramer 2019, A scalable exact algorithm for
the vertex p-center problem. Computers & Operations Research 103).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, fixed_and_forbidden, limit, search_limits
from planner.siting.center.cover import Effort, decide_cover
from planner.siting.distances import Distances, distance_table, nearest_open
from planner.siting.draws import seeded
from planner.siting.solution import Solution
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROWS_AT_ONCE: Final = 512
# New rows a decision takes in for each site that its answer opened.
_LEAST_NEW_ROWS: Final = 5


def p_center(
    distance: ArrayLike,
    *,
    site_limit: int,
    weight: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> Solution:
    """The sites that make the largest weight × distance to an open site least: at most ``site_limit`` new ones.

    ``distance``: demand rows × site columns, dense (inf where there is no way) or a CSR array of the pairs within a
    cutoff, in which a stored 0 is a distance of 0. ``weight``: (rows,), not negative, 1 if not given; a row of weight 0
    need not be served. ``fixed`` sites are open and do not count against the limit; ``forbidden`` ones stay shut. Sites
    that would be nearest to nobody are not opened. The search stops when proven within the relative ``gap`` or after
    ``time_limit_s``, with the best answer in hand; an interrupt gives that answer too.

    Where somebody cannot be reached, whatever opens (also with no site at all), the objective and the bound are inf and
    the status is ``"optimal"``: those rows have assignment -1, and the sites are chosen for the others. Where everybody
    can be reached, but not by so few sites, or not by those found so far, the objective is inf too; the gap is then 0
    (proven) or 1.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    table = distance_table(distance)
    row_count, site_count = table.shape
    weights = amounts("weight", np.ones(row_count) if weight is None else weight, row_count)
    stay, never = fixed_and_forbidden(fixed, forbidden, site_count)
    search_limits(time_limit_s, gap)
    if site_limit is None:
        raise ArgumentError("bad_limit", name="site_limit", value=site_limit)
    most = int(limit("site_limit", site_limit, whole=True) or 0)
    may = np.setdiff1d(np.arange(site_count), np.union1d(stay, never))
    search = _CenterSearch(table, weights, stay, may if most else may[:0], most, gap, seed, deadline)
    try:
        method = search.run()
    except KeyboardInterrupt:
        method = INTERRUPTED
    return _solution(table, weights, stay, search, gap, method)


def _solution(
    table: Distances, weights: Floats, stay: Ints, search: _CenterSearch, gap: float, method: str
) -> Solution:
    site, nearest = nearest_open(table, np.union1d(stay, search.chosen))
    selected = np.union1d(stay, site[(site >= 0) & (weights > 0)])
    site, nearest = nearest_open(table, selected)
    asking = weights > 0
    objective = float((weights[asking] * nearest[asking]).max(initial=0.0))
    bound = min(objective, np.inf if search.hopeless else search.bound)
    reached = 0.0 if objective == bound else 1.0
    if 0.0 < objective < np.inf:
        reached = (objective - bound) / objective
    return Solution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        assignment=site,
        runtime_s=search.deadline.elapsed_s,
        method=method,
    )


class _CenterSearch:
    """The bisection with all that it knows: the best sites so far and the least cost that is not ruled out.

    ``rows`` are those with weight that some site can reach; ``hopeless`` says that there are others. ``cap`` is the
    cost of the nearest fixed site, by row of the table.
    """

    def __init__(
        self, table: Distances, weight: Floats, stay: Ints, sites: Ints, most: int, gap: float, seed: int,
        deadline: Deadline,
    ) -> None:  # fmt: skip
        self.table, self.weight, self.sites, self.most, self.gap = table, weight, sites, most, gap
        self.deadline = deadline
        self.random = seeded(seed)
        asking = np.flatnonzero(weight > 0)
        self.cap = np.full(len(weight), np.inf)
        self.cap[asking] = weight[asking] * nearest_open(table, stay)[1][asking]
        self.least = self.cap.copy()
        self.least[asking] = np.minimum(self.cap[asking], weight[asking] * nearest_open(table, sites)[1][asking])
        self.rows = asking[np.isfinite(self.least[asking])]
        self.hopeless = len(self.rows) < len(asking)
        self.chosen = np.empty(0, dtype=np.int64)
        self.bound = float(self.least[self.rows].max(initial=0.0))
        self.worst = float(self.cap[self.rows].max(initial=0.0))
        self.looked_at = np.empty(0, dtype=np.int64)
        self.block = np.empty((0, len(sites)))

    def run(self) -> str:
        """Search until proven or out of time; how the answer was found."""
        if len(self.rows) == 0 or len(self.sites) == 0 or self.worst <= self.bound:
            return "nothing to choose"
        if self.most >= len(self.sites):
            self.chosen, self.bound = self.sites, np.inf
            return "every site fits"
        self._farthest_first()
        if self._done():
            return "farthest first"
        costs = self._costs()
        low = self._lift(costs)
        if self._done():
            return "bisection with linear relaxation"
        self._lower(costs, low)
        if self._done():
            return "bisection with local search"
        self._climb(costs, low)
        return "bisection with HiGHS"

    def _done(self) -> bool:
        self.deadline.tell(self.worst, self.bound)
        return (
            self.deadline.passed()
            or self.worst <= self.bound
            or self.worst - self.bound <= self.gap * self.worst < np.inf
        )

    def _farthest_first(self) -> None:
        """Open the nearest site of the worst-served row, again and again (Gonzalez 1985)."""
        cost = self.cap[self.rows]
        looked_at, chosen = [], []
        for _ in range(self.most):
            at = int(np.argmax(cost))
            row = self.rows[at]
            looked_at.append(row)
            block = self._block(np.array([row]))[0]
            site = int(np.argmin(block))
            if site in chosen:
                break
            chosen.append(site)
            cost = np.minimum(cost, self._column(site))
        self._offer(self.sites[np.array(chosen, dtype=np.int64)])
        looked_at.append(self.rows[int(np.argmax(cost))])
        self._look_at(np.array(looked_at, dtype=np.int64))

    def _column(self, site: int) -> Floats:
        j = int(self.sites[site])
        _, nearest = nearest_open(self.table, np.array([j]))
        cost: Floats = self.weight[self.rows] * nearest[self.rows]
        return cost

    def _block(self, rows: Ints, columns: Ints | None = None) -> Floats:
        """The costs of some rows to all sites, or to some (by place in ``sites``); inf where there is no way."""
        sites = self.sites if columns is None else self.sites[columns]
        if isinstance(self.table, np.ndarray):
            dense: Floats = self.table[np.ix_(rows, sites)]
        else:
            part = self.table[rows].tocoo()
            dense = np.full((len(rows), self.table.shape[1]), np.inf)
            dense[part.row, part.col] = part.data
            dense = dense[:, sites]
        block: Floats = dense * self.weight[rows, None]
        return block

    def _look_at(self, rows: Ints) -> None:
        new = np.setdiff1d(rows, self.looked_at)
        self.looked_at = np.concatenate([self.looked_at, new])
        self.block = np.vstack([self.block, self._block(new)])

    def _offer(self, chosen: Ints) -> Floats:
        """Take sites if they are better; the cost of every row with them."""
        _, nearest = nearest_open(self.table, chosen)
        cost: Floats = np.minimum(self.cap[self.rows], self.weight[self.rows] * nearest[self.rows])
        worst = float(cost.max())
        if worst < self.worst or len(self.chosen) == 0:
            self.worst, self.chosen = min(worst, self.worst), chosen
        return cost

    def _costs(self) -> Floats:
        """The distinct costs from the bound to the best answer, ascending; inf last where that is not finite."""
        found = [np.array([self.bound, self.worst])]
        fixed = self.cap[self.rows]
        found.append(fixed[(fixed >= self.bound) & (fixed <= self.worst)])
        for begin in range(0, len(self.rows), _ROWS_AT_ONCE):
            block = self._block(self.rows[begin : begin + _ROWS_AT_ONCE])
            found.append(np.unique(block[(block >= self.bound) & (block <= self.worst)]))
        return np.unique(np.concatenate(found))

    def _place(self, costs: Floats) -> int:
        """Where the best answer so far stands among the costs."""
        return int(np.searchsorted(costs, self.worst))

    def _ruled_out(self, costs: Floats, at: int) -> int:
        """Takes note that ``costs[at]`` is not enough; the place of the next one."""
        self.bound = max(self.bound, float(costs[at + 1]))
        return at + 1

    def _lift(self, costs: Floats) -> int:
        """The least cost that greedy bounds and the linear relaxation do not rule out."""
        low, high = 0, self._place(costs)
        while low < high and not self._done():
            middle = (low + high) // 2
            if self._enough(float(costs[middle]), Effort.BOUND) is False:
                low = self._ruled_out(costs, middle)
            else:
                high = min(middle, self._place(costs))
        return low

    def _lower(self, costs: Floats, low: int) -> None:
        """Better answers by local search, by bisection as if what it does not reach were not possible."""
        while low < self._place(costs) and not self._done():
            middle = (low + self._place(costs)) // 2
            if not self._enough(float(costs[middle]), Effort.SEARCH):
                low = middle + 1

    def _climb(self, costs: Floats, low: int) -> None:
        """Decide for good, from the least cost that is not ruled out in doubling steps, then by bisection."""
        step = 1
        while low < self._place(costs) and not self._done():
            high = self._place(costs)
            at = min(low + step - 1, (low + high) // 2)
            possible = self._enough(float(costs[at]), Effort.PROOF)
            if possible is None:
                return
            if not possible:
                low = self._ruled_out(costs, at)
                step *= 2

    def _enough(self, cost: float, effort: Effort) -> bool | None:
        """Whether so many sites can serve every row at this cost; None where that was not found out."""
        trying = Effort.BOUND
        while True:
            covers = self.block[self.cap[self.looked_at] > cost] <= cost
            decision = decide_cover(
                covers, self.most, effort=trying, random=self.random, time_limit_s=self.deadline.left_s
            )
            if decision.possible is False:
                return False
            if self.deadline.passed():
                return None
            if decision.possible:
                chosen = self.sites[decision.chosen]
                row_cost = self._offer(chosen)
                left_out = row_cost > cost
                if not left_out.any():
                    return True
                self._look_at(self._worst_of_each(chosen, row_cost, left_out))
            elif trying > Effort.BOUND or not self._look_at_the_short(cost, decision.share):
                if trying == effort:
                    return None
                trying = Effort(trying + 1)

    def _look_at_the_short(self, cost: float, share: Floats | None) -> bool:
        """Take in rows that the linear relaxation covers by less than 1; whether there were any."""
        if share is None:
            return False
        taken = np.flatnonzero(share > 1e-9)
        covered = np.zeros(len(self.rows))
        for begin in range(0, len(self.rows), _ROWS_AT_ONCE):
            rows = self.rows[begin : begin + _ROWS_AT_ONCE]
            covered[begin : begin + _ROWS_AT_ONCE] = (self._block(rows, taken) <= cost) @ share[taken]
        covered[self.cap[self.rows] <= cost] = 1.0
        short = np.flatnonzero(covered < 1.0 - 1e-6)
        order = short[np.argsort(covered[short], kind="stable")]
        self._look_at(self.rows[order[: max(_LEAST_NEW_ROWS, self.most)]])
        return len(short) > 0

    def _worst_of_each(self, chosen: Ints, row_cost: Floats, left_out: NDArray[np.bool_]) -> Ints:
        """Of the rows left out, the worst-served one of each site, and a few more if these are few."""
        rows, cost = self.rows[left_out], row_cost[left_out]
        site, _ = nearest_open(self.table, chosen)
        order = np.lexsort((-cost, site[rows]))
        first = np.ones(len(order), dtype=bool)
        first[1:] = site[rows][order][1:] != site[rows][order][:-1]
        worst = order[first]
        if len(worst) < _LEAST_NEW_ROWS:
            worst = np.union1d(worst, np.argsort(-cost, kind="stable")[:_LEAST_NEW_ROWS])
        left: Ints = rows[worst]
        return left
