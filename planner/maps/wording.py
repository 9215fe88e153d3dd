"""What a map tells of a study, in one language, safe to stand in markup or as plain text."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from planner.figures import NOTHING, amount_text
from planner.intake.study import Study
from planner.maps.sheet import typed
from planner.today import ServiceToday
from planner.words import Language, say


class Wording:
    """The words of one map: terms, names of grids, services and periods, amounts with their units.

    ``markup`` says that they will stand where markup is read; names from files are then escaped.
    """

    def __init__(self, study: Study, language: Language, *, markup: bool = True) -> None:
        self.study, self.language = study, language
        self.typed = typed if markup else str
        self._grid_names = dict(zip(study.grids["grid_code"], study.grids["name"], strict=True))

    def words(self, key: str, **values: object) -> str:
        """Words of the map's own room."""
        return say(f"map.{key}", self.language, **values)

    def live(self, key: str, **values: object) -> str:
        """Words of the page's own map."""
        return say(f"live.{key}", self.language, **values)

    def printed(self, key: str, **values: object) -> str:
        """Words of the map for paper."""
        return say(f"printed.{key}", self.language, **values)

    def term(self, key: str) -> str:
        """A term that all rooms share."""
        return say(f"term.{key}", self.language)

    def listed(self, texts: Iterable[str]) -> str:
        """Texts side by side."""
        return self.words("list_mark").join(texts)

    def service(self, name: str) -> str:
        """The name of a service."""
        return self.study.catalog.services[name].name.in_language(self.language)

    def services(self, names: Iterable[str]) -> str:
        """The names of services."""
        return self.typed(self.listed(self.service(name) for name in names))

    def period(self, key: str) -> str:
        """The name of a period."""
        return self.study.catalog.periods[key].name.in_language(self.language)

    def periods(self, is_open: NDArray[np.bool_]) -> str:
        """The names of the periods in which something is open, a dash for none."""
        names = [self.period(key) for key, there in zip(self.study.catalog.periods, is_open, strict=True) if there]
        return self.typed(self.listed(names)) if names else NOTHING

    def grid(self, code: str) -> str:
        """The name of a grid, or its code."""
        return self.typed(self._grid_names.get(code) or code)

    def grids(self, codes: Iterable[str]) -> str:
        """The names of grids."""
        return self.listed(self.grid(code) for code in codes)

    def amount(self, part: ServiceToday, value: float) -> str:
        """An amount of a service's demand with its unit."""
        unit = self.study.catalog.demands[part.demand.rule].unit.in_language(self.language)
        return self.typed(amount_text(value, unit))

    def demand_title(self) -> str:
        """The heading of a demand, marked where all of it is an estimate."""
        title = self.term("weight_per_day")
        return self.words("demand_estimated", value=title) if "cells" in self.study.estimated_roles else title

    def metres(self, value: float) -> str:
        """A distance."""
        return self.words("metres", value=value) if np.isfinite(value) else NOTHING
