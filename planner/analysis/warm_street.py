"""A warm street: the stretch of one street along which several services together reach most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.analysis.street_stretches import Stretch, stretches_of
from planner.coverage import measure_coverage
from planner.errors import ArgumentError, UnknownNameError
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.scenario import ServiceScenario
from planner.siting import StretchChoice, WarmStreets
from planner.siting import warm_street as best_stretches
from planner.today import ServiceToday, service_today
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

# A street with one service is no street with several.
_FEWEST: Final = 2


@dataclass(frozen=True)
class Places:
    """Every place that holds or could hold one of some services: ``site_id``, ``name``, ``existing`` and ``geometry``
    in ``frame``; ``gain``, ``cost`` and ``allowed``: (services, places); ``room``: (places,) in m², infinite for a
    centre that stands.
    """

    frame: pd.DataFrame
    gain: Floats
    cost: Floats
    allowed: NDArray[np.bool_]
    room: Floats

    @property
    def xy(self) -> Floats:
        """Positions (places, 2), metric."""
        xy: Floats = shapely.get_coordinates(self.frame["geometry"].to_numpy())
        return xy


@dataclass(frozen=True)
class WarmStreetAnswer(Answer):
    """``frame``: a row a service of each of the best streets, the best street first: ``rank``, ``street``, ``length_m``
    (between its outermost sites), ``service``, ``site_id``, ``name``, ``stands`` (whether it is a centre that stands),
    ``covered_share_today``, ``covered_share`` (with the site) and ``cost_yuan``.

    ``lines``: where each of these stretches runs, metric. ``solution``: the ranking and its proof. ``services``: what
    was wanted. ``streets`` and ``stretches``: how many were looked at.
    """

    words: ClassVar[str] = "ask_warm_street"
    plan: Plan
    services: tuple[str, ...]
    budget_yuan: float | None
    longest_m: float
    places: Places
    lines: tuple[shapely.LineString, ...]
    solution: WarmStreets
    streets: int
    stretches: int

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """The best street and what it brings, how well that is proven, what comes next, and what is assumed."""
        language = language or reader_language()
        if not len(self.frame):
            return (self._say("none", language, streets=self.streets, longest=self.longest_m), self._basis(language))
        return (
            self._best(language),
            *self._gains(language),
            self._proof(language),
            *self._next(language),
            self._basis(language),
        )

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names."""
        catalog = self.plan.study.catalog
        return {"service": {name: catalog.services[name].name.in_language(language) for name in self.services}}

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """A row a street."""
        return {self._say("ranking", language): self.read(self.ranking(), language)} if len(self.frame) else {}

    def ranking(self) -> pd.DataFrame:
        """A row a street: ``rank``, ``street``, ``length_m``, ``services`` (how many), ``gain_share`` (the covered
        share that the services gain, on average over those wanted, by their weights) and ``cost_yuan``.
        """
        grouped = self.frame.assign(gain_share=self.gains()).groupby(["rank", "street", "length_m"], sort=False)
        sums = grouped.agg(
            services=("service", "count"), gain_share=("gain_share", "sum"), cost_yuan=("cost_yuan", "sum")
        )
        return sums.reset_index()

    def gains(self) -> pd.Series[float]:
        """What each row of ``frame`` adds to the ranking's ``gain_share``."""
        weight = pd.Series({name: _limits(self.plan, name).weight for name in self.services})
        gain = self.frame["covered_share"] - self.frame["covered_share_today"]
        return (gain * self.frame["service"].map(weight / weight.sum())).astype(float)

    def figure(self, language: Language | None = None) -> Figure:
        """The best street with its sites, and what each of the best streets gains."""
        from planner.analysis.warm_street_figure import draw_warm_street

        return draw_warm_street(self, language or reader_language())

    def _say(self, key: str, language: Language, **values: object) -> str:
        return say(f"ask_warm_street.{key}", language, **values)

    def _best(self, language: Language) -> str:
        best = self.frame[self.frame["rank"] == 1]
        names = self.names(language)["service"]
        listed = [
            self._say(
                "stands" if row["stands"] else "opens", language, service=names[row["service"]], place=row["name"]
            )
            for row in best.to_dict("records")
        ]
        missing = [names[name] for name in self.services if name not in set(best["service"])]
        told = self._say(
            "best", language, street=best["street"].iloc[0], length=best["length_m"].iloc[0], count=len(best),
            of=len(self.services), sites=self._say("site_mark", language).join(listed),
            cost=yuan_text(float(best["cost_yuan"].sum()), language),
        )  # fmt: skip
        if missing:
            told += self._say("missing", language, services=say("map.list_mark", language).join(missing))
        return told

    def _gains(self, language: Language) -> tuple[str, ...]:
        names = self.names(language)["service"]
        best = self.frame[(self.frame["rank"] == 1) & ~self.frame["stands"]]
        each = [
            self._say("gain", language, service=names[row["service"]], today=share_text(row["covered_share_today"]),
                      planned=share_text(row["covered_share"]))
            for row in best.to_dict("records")
        ]  # fmt: skip
        return (self._say("gains", language, each=self._say("site_mark", language).join(each)),) if each else ()

    def _proof(self, language: Language) -> str:
        return self._say(
            "proven" if self.solution.status == "optimal" else "not_proven", language,
            streets=self.streets, stretches=self.stretches, longest=self.longest_m,
        )  # fmt: skip

    def _next(self, language: Language) -> tuple[str, ...]:
        ranking = self.ranking()
        if len(ranking) < 2:
            return (self._say("no_other", language),)
        first, second = ranking.to_dict("records")[:2]
        figures = {"street": second["street"], "first": share_text(first["gain_share"])}
        return (
            self._say("next", language, **figures, second=share_text(second["gain_share"]),
                      cost=yuan_text(second["cost_yuan"], language)),
        )  # fmt: skip

    def _basis(self, language: Language) -> str:
        catalog = self.plan.study.catalog
        return self._say(
            "basis", language, off=catalog.warm_street.off_street_m.value,
            source=catalog.warm_street.longest_m.source, off_source=catalog.warm_street.off_street_m.source,
        )  # fmt: skip


def warm_street(
    plan: Plan,
    services: Sequence[str] | None = None,
    *,
    budget_yuan: float | None = None,
    longest_m: float | None = None,
    count: int = 5,
    progress: Callable[[int, int], None] | None = None,
) -> WarmStreetAnswer:
    """The best stretches of named streets for several ``services``, those of the plan by default: a site for each
    along one street, no more than ``longest_m`` apart (the catalog's by default), for at most ``budget_yuan`` a year.

    Where no stretch can have all of the services, those that can have most of them are ranked, down to two. What
    stands along a stretch counts as there. Each service is worth the covered share that it gains over today, times its
    weight in the plan's scenario; new sites of the plan do not count. Services may share a host that has room for them.
    ``count``: how many streets to tell of, each by its best stretch. ``progress(done, of)`` is called before each
    service is measured and before the stretches are.

    Raises ``UnknownNameError`` for a service that the catalog has not, ``ArgumentError`` for fewer than two of them and
    for limits that cannot be.
    """
    wanted = tuple(dict.fromkeys(plan.services if services is None else services))
    catalog = plan.study.catalog
    for name in wanted:
        if name not in catalog.services:
            raise UnknownNameError("unknown_service", service=name, known=", ".join(catalog.services))
    if len(wanted) < _FEWEST:
        raise ArgumentError("one_service_is_no_street")
    longest = catalog.warm_street.longest_m.value if longest_m is None else longest_m
    if not longest > 0:
        raise ArgumentError("bad_limit", name="longest_m", value=longest)
    parts = {}
    for done, name in enumerate(wanted):
        if progress is not None:
            progress(done, len(wanted) + 1)
        parts[name] = _today(plan, name)
    if progress is not None:
        progress(len(wanted), len(wanted) + 1)
    places = _places(plan, parts)
    off_street_m = catalog.warm_street.off_street_m.value
    stretches = stretches_of(plan.study.streets.edges, places.xy, longest_m=longest, off_street_m=off_street_m)
    names = {street: number for number, street in enumerate(dict.fromkeys(some.street for some in stretches))}
    solution = _ranked(plan, parts, places, stretches, names, budget_yuan, count)
    return WarmStreetAnswer(
        frame=_frame(parts, places, stretches, solution),
        plan=plan,
        services=wanted,
        budget_yuan=budget_yuan,
        longest_m=longest,
        places=places,
        lines=tuple(_between(stretches, choice)[1] for choice in solution.ranked),
        solution=solution,
        streets=len(names),
        stretches=len(stretches),
    )


def _today(plan: Plan, service: str) -> ServiceToday:
    """The service as the plan has it, or measured for it where the plan does without it."""
    if service in plan.services:
        return plan.services[service]
    asked = plan.scenario.model_copy(update={"services": {service: ServiceScenario(site_limit=0)}, "budget_yuan": None})
    deliveries = next(iter(plan.services.values())).demand.deliveries
    return service_today(plan.study, asked, service, deliveries=deliveries)


def _places(plan: Plan, parts: Mapping[str, ServiceToday]) -> Places:
    frames = [part.sites.frame[["site_id", "name", "existing", "geometry"]] for part in parts.values()]
    frame = pd.DataFrame(pd.concat(frames, ignore_index=True)).drop_duplicates("site_id", ignore_index=True)
    at = pd.Series(frame.index, index=frame["site_id"])
    shape = len(parts), len(frame)
    gain, cost, allowed = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    for number, (name, part) in enumerate(parts.items()):
        own = at[part.sites.frame["site_id"]].to_numpy()
        weight = part.demand.weight.ravel()
        bare = np.where(part.today.covered.ravel(), 0.0, weight)
        limits = _limits(plan, name)
        gain[number, own] = part.covers.astype(float).T @ bare * (limits.weight / max(float(weight.sum()), 1e-12))
        gain[number, own[part.sites.existing]] = 0.0
        cost[number, own] = part.sites.frame["cost_yuan"].to_numpy()
        allowed[number, own] = ~part.sites.frame["site_id"].isin(limits.forbidden).to_numpy()
    return Places(frame, gain, cost, allowed, _room(plan, frame))


def _limits(plan: Plan, service: str) -> ServiceScenario:
    """What the plan's scenario says of a service, nothing where it does without it."""
    return plan.scenario.services.get(service, ServiceScenario(site_limit=0))


def _room(plan: Plan, frame: pd.DataFrame) -> Floats:
    hosts = plan.study.hosts.set_index("host_id")["area_m2"]
    own = pd.Series({site.site_id: site.area_m2 for site in plan.scenario.proposed}, dtype=float)
    area = frame["site_id"].map(pd.concat([hosts, own])).to_numpy(dtype=float)
    return np.where(frame["existing"].to_numpy(dtype=bool), np.inf, area)


def _ranked(
    plan: Plan,
    parts: Mapping[str, ServiceToday],
    places: Places,
    stretches: Sequence[Stretch],
    names: Mapping[str, int],
    budget_yuan: float | None,
    count: int,
) -> WarmStreets:
    """The ranking of those that have as many of the services as any stretch can, within the budget."""
    lengths = [len(some.sites) for some in stretches]
    along = sp.csr_array(
        (np.ones(sum(lengths)), np.concatenate([np.empty(0, dtype=np.int64), *(some.sites for some in stretches)]),
         np.cumsum([0, *lengths])),
        shape=(len(stretches), len(places.frame)),
    )  # fmt: skip
    for at_least in range(len(parts), _FEWEST - 1, -1):
        found = best_stretches(
            places.gain, places.allowed, along, np.array([names[some.street] for some in stretches], dtype=np.int64),
            cost=places.cost, budget=budget_yuan,
            need=[plan.study.catalog.services[name].area_m2 for name in parts], room=places.room,
            at_least=at_least, count=count, time_limit_s=plan.scenario.time_limit_s,
        )  # fmt: skip
        if found.ranked or found.status != "optimal":
            break
    return found


def _between(stretches: Sequence[Stretch], choice: StretchChoice) -> tuple[float, shapely.LineString]:
    return stretches[choice.stretch].between(choice.site[choice.site >= 0])


def _frame(
    parts: Mapping[str, ServiceToday], places: Places, stretches: Sequence[Stretch], solution: WarmStreets
) -> pd.DataFrame:
    rows = []
    for rank, choice in enumerate(solution.ranked, start=1):
        length_m = _between(stretches, choice)[0]
        for number, (name, part) in enumerate(parts.items()):
            place = choice.site[number]
            if place < 0:
                continue
            site = places.frame.iloc[place]
            own = np.flatnonzero((part.sites.frame["site_id"] == site["site_id"]).to_numpy())
            then = measure_coverage(part.covers, part.demand.weight, np.union1d(part.sites.existing, own))
            rows.append(
                {
                    "rank": rank,
                    "street": stretches[choice.stretch].street,
                    "length_m": length_m,
                    "service": name,
                    "site_id": site["site_id"],
                    "name": site["name"],
                    "stands": bool(site["existing"]),
                    "covered_share_today": part.today.covered_share,
                    "covered_share": then.covered_share,
                    "cost_yuan": float(places.cost[number, place]),
                }
            )
    columns = ["rank", "street", "length_m", "service", "site_id", "name", "stands", "covered_share_today"]
    return pd.DataFrame(rows, columns=[*columns, "covered_share", "cost_yuan"])
