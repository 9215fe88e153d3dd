"""What a planner decides about single places: clicks and entries → the choices of a :class:`Scenario`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from planner.scenario import NoGoArea, ProposedSite, Scenario, ServiceScenario

Verdict = Literal["required", "forbidden"]


@dataclass(frozen=True)
class Picks:
    """The planner's verdict on candidates, service by service, and the places and areas of their own."""

    verdicts: Mapping[str, Mapping[str, Verdict]] = field(default_factory=dict)
    proposed: tuple[ProposedSite, ...] = ()
    no_go: tuple[NoGoArea, ...] = ()

    @classmethod
    def of(cls, scenario: Scenario) -> Picks:
        """Those of a scenario."""
        verdicts: dict[str, dict[str, Verdict]] = {
            service: {**dict.fromkeys(limits.required, "required"), **dict.fromkeys(limits.forbidden, "forbidden")}
            for service, limits in scenario.services.items()
        }
        return cls(verdicts, scenario.proposed, scenario.no_go)

    @property
    def are_none(self) -> bool:
        """Whether nothing was decided."""
        return not (any(self.verdicts.values()) or self.proposed or self.no_go)

    def verdict(self, service: str, site_id: str) -> Verdict | None:
        """What was decided on a candidate, if anything."""
        return self.verdicts.get(service, {}).get(site_id)

    def toggled(self, service: str, site_id: str, verdict: Verdict) -> Picks:
        """With this verdict on a candidate; without any where it was this one already."""
        had = self.verdict(service, site_id)
        return self.without(service, site_id) if had == verdict else self.with_verdict(service, site_id, verdict)

    def with_verdict(self, service: str, site_id: str, verdict: Verdict) -> Picks:
        """With this verdict on a candidate."""
        own = {**self.verdicts.get(service, {}), site_id: verdict}
        return replace(self, verdicts={**self.verdicts, service: own})

    def without(self, service: str, site_id: str) -> Picks:
        """With no verdict on a candidate."""
        own = {name: verdict for name, verdict in self.verdicts.get(service, {}).items() if name != site_id}
        return replace(self, verdicts={**self.verdicts, service: own})

    def proposing(self, site: ProposedSite) -> Picks:
        """With a place of the planner's own."""
        return replace(self, proposed=(*self.proposed, site))

    def withdrawing(self, site_id: str) -> Picks:
        """Without one of the planner's own places, and without any verdict on it."""
        kept = replace(self, proposed=tuple(site for site in self.proposed if site.site_id != site_id))
        for service in self.verdicts:
            kept = kept.without(service, site_id)
        return kept

    def next_id(self) -> str:
        """An id for a place of the planner's own that none of them has."""
        taken = {site.site_id for site in self.proposed}
        return next(name for number in range(1, len(taken) + 2) if (name := f"own-{number}") not in taken)

    def keeping_free(self, area: NoGoArea) -> Picks:
        """With an area where nothing may stand."""
        return replace(self, no_go=(*self.no_go, area))

    def releasing(self, index: int) -> Picks:
        """Without one of these areas."""
        return replace(self, no_go=self.no_go[:index] + self.no_go[index + 1 :])

    def within(self, service: str, limits: ServiceScenario) -> ServiceScenario:
        """The limits of a service with its verdicts."""
        verdicts = self.verdicts.get(service, {})
        sites = {
            kind: tuple(site for site, said in verdicts.items() if said == kind) for kind in ("required", "forbidden")
        }
        return limits.model_copy(update=sites)
