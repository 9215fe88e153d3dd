"""What a station must have for the demand that it serves, and the other way round, by the catalog's factors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog import Catalog, Sizing, SizingNeed
from planner.hours import span_minutes
from planner.queueing import (
    late_share,
    load_for_loss,
    load_for_wait,
    mean_wait,
    places_for_loss,
    places_for_wait,
)

Floats = NDArray[np.float64]

_MINUTES: Final = 60.0
_HOURS: Final = 24.0
# 0.1 × 3 is not below 0.3.
_LAST_BITS: Final = 1e-9


@dataclass(frozen=True)
class KnownSize:
    """One of the figures that a street is known by, and for whom it is right: ``riders_per_day`` (of parcels: couriers)
    and, for parcels, ``parcels_per_day``.
    """

    what: str
    amount: float
    riders_per_day: int
    parcels_per_day: int | None = None


class SizingRules:
    """The factors of ``sizing`` and the periods of ``catalog``."""

    def __init__(self, catalog: Catalog, sizing: Sizing) -> None:
        self.sizing = sizing
        self.value = {name: figure.value for name, figure in sizing.factors.items()}
        periods = catalog.periods.values()
        self.hours = np.array([span_minutes(p.start, p.end).sum() / _MINUTES for p in periods])
        meals, parcels = (catalog.deliveries[kind].by_period for kind in ("meals", "parcels"))
        # Where there is no demand by period, riders' day is that of meals, couriers' that of parcels.
        self.rider_hour_share = self.busiest_hour(np.array([meals[name] for name in catalog.periods]))
        self.wave_share = max(parcels.values())

    def busiest_hour(self, by_period: Floats) -> float:
        """What a day's demand by period comes to in its busiest hour."""
        return float((by_period / self.hours).max() * self.value["busiest_hour"])

    def needed(self, need: SizingNeed, by_period: Floats) -> dict[str, float]:
        """What it takes for one kind of need, by the demand of a day in each period."""
        return {
            "swap": self._swap, "charge": self._charge, "sort": self._sort,
            "unload": self._unload, "rest": self._rest, "park": self._park,
        }[need](by_period)  # fmt: skip

    def swap_queue(self, by_period: Floats) -> tuple[float, float]:
        """Of swaps, how many there are in the busiest hour, and the load: how many batteries are being charged."""
        swaps = self.busiest_hour(by_period) / self.value["km_per_battery"] * self.value["swapping_share"]
        return swaps, swaps * self.value["hours_to_charge_in_cabinet"]

    def swap_wait(self, cabinets: int, load: float) -> tuple[float, float]:
        """The share of riders who wait longer than they should, and the mean wait in minutes."""
        batteries = self._batteries(cabinets)
        stay = self.value["hours_to_charge_in_cabinet"] * _MINUTES
        late = late_share(batteries, load, wait=self.value["wait_min"], stay=stay)
        return late, mean_wait(batteries, load, stay=stay)

    def street(self, riders: float, parcels: float) -> Mapping[str, float]:
        """What a street with so many riders and parcels a day must have; cabinets stand one by one."""
        hours = riders * self.value["rider_hours_per_day"] * self.rider_hour_share
        places = self._places(hours)
        km = riders * self.value["riding_km_per_rider_day"]
        return {
            "parking_m2": places * self.value["parking_m2_per_ebike"],
            "sorting_m2": _up(parcels * self.wave_share / self.value["parcels_per_m2"]),
            "swap_cabinets": _up(km * self.rider_hour_share / self._km_per_cabinet_hour()),
            "charging_sockets": _up(km / self._km_per_socket_day()),
        }

    def right_for(self, parking_m2: float, sorting_m2: float, swap_cabinets: float, charging_sockets: float) -> list[
        KnownSize
    ]:  # fmt: skip
        """For how many riders and parcels a day a street's known figures are right: the most they are enough for."""
        places = _down(parking_m2 / self.value["parking_m2_per_ebike"])
        present = load_for_loss(places, share=self.value["full_share"]) / self.value["resting_share"]
        km_a_day = self.value["riding_km_per_rider_day"]
        parcels = _down(sorting_m2 * self.value["parcels_per_m2"] / self.wave_share)
        by_parking = present / (self.value["rider_hours_per_day"] * self.rider_hour_share)
        by_cabinets = swap_cabinets * self._km_per_cabinet_hour() / (km_a_day * self.rider_hour_share)
        by_sockets = charging_sockets * self._km_per_socket_day() / km_a_day
        couriers = round(parcels / self.value["parcels_per_courier_day"])
        return [
            KnownSize("parking_m2", parking_m2, _down(by_parking)),
            KnownSize("sorting_m2", sorting_m2, couriers, parcels),
            KnownSize("swap_cabinets", swap_cabinets, _down(by_cabinets)),
            KnownSize("charging_sockets", charging_sockets, _down(by_sockets)),
        ]

    def _swap(self, km: Floats) -> dict[str, float]:
        _, load = self.swap_queue(km)
        batteries = places_for_wait(
            load,
            wait=self.value["wait_min"],
            stay=self.value["hours_to_charge_in_cabinet"] * _MINUTES,
            share=self.value["late_share"],
        )
        cabinets = _up(batteries / (self.value["slots_per_cabinet"] - 1.0))
        found = {"swap_cabinets": float(cabinets), "swap_slots": cabinets * self.value["slots_per_cabinet"]}
        if cabinets:
            found["late_share"], found["mean_wait_min"] = self.swap_wait(cabinets, load)
        return found

    def _charge(self, km: Floats) -> dict[str, float]:
        return {"charging_sockets": float(_up(float(km.sum()) / self._km_per_socket_day()))}

    def _sort(self, parcels: Floats) -> dict[str, float]:
        return {"sorting_m2": float(_up(float(parcels.max()) / self.value["parcels_per_m2"]))}

    def _unload(self, parcels: Floats) -> dict[str, float]:
        hours = self.value["unloading_min"] / _MINUTES
        bays = places_for_wait(
            self.busiest_hour(parcels) / self.value["parcels_per_van"] * hours,
            wait=self.value["van_wait_min"],
            stay=self.value["unloading_min"],
            share=self.value["late_share"],
        )
        return {"unloading_bays": float(bays), "unloading_m2": bays * self.value["bay_m2"]}

    def _rest(self, hours: Floats) -> dict[str, float]:
        return {"seats": float(self._places(self.busiest_hour(hours)))}

    def _park(self, hours: Floats) -> dict[str, float]:
        places = self._places(self.busiest_hour(hours))
        return {"parking_places": float(places), "parking_m2": places * self.value["parking_m2_per_ebike"]}

    def _places(self, riders_present: float) -> int:
        return places_for_loss(riders_present * self.value["resting_share"], share=self.value["full_share"])

    def _batteries(self, cabinets: int) -> int:
        """One slot of each cabinet is empty, to take the battery that is handed in."""
        return math.floor(cabinets * (self.value["slots_per_cabinet"] - 1.0) + _LAST_BITS)

    def _km_per_cabinet_hour(self) -> float:
        """What riders may ride in the busiest hour for one cabinet that stands alone."""
        stay = self.value["hours_to_charge_in_cabinet"]
        load = load_for_wait(
            self._batteries(1), wait=self.value["wait_min"], stay=stay * _MINUTES, share=self.value["late_share"]
        )
        return load / stay / self.value["swapping_share"] * self.value["km_per_battery"]

    def _km_per_socket_day(self) -> float:
        charges = _HOURS * self.value["socket_use_share"] / self.value["hours_to_charge_at_socket"]
        return charges * self.value["km_per_battery"] / (1.0 - self.value["swapping_share"])


def _up(amount: float) -> int:
    return math.ceil(amount - _LAST_BITS)


def _down(amount: float) -> int:
    return math.floor(amount + _LAST_BITS)
