"""What an office says of the files that it hands on, beside the plan itself."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.errors import UnknownNameError
from planner.report.files.qr_code import check_link

DATA_SYSTEMS: Final = ("wgs84", "gcj02", "cgcs2000")


@dataclass(frozen=True)
class ReportOptions:
    """``made_on`` is printed where it is given, and is the only date in any file; ``office`` hands the report on.

    ``review_number``: the map review number (审图号) under each map, a line to fill in where it is empty. ``internal``:
    every page is marked as internal material (内部资料). ``link``: what the poster's QR code opens, none without it.
    ``data_system``: the coordinate system of GeoPackage, GeoJSON and the workbook, one of :data:`DATA_SYSTEMS`.
    ``word_template``: the office's own template in place of the shipped one.

    Raises ``UnknownNameError`` for a ``data_system`` that does not exist, ``ArgumentError`` for a ``link`` that cannot
    be a QR code of a web address.
    """

    made_on: datetime.date | None = None
    office: str = ""
    review_number: str = ""
    internal: bool = False
    link: str = ""
    data_system: str = "wgs84"
    word_template: Path | None = None

    def __post_init__(self) -> None:
        if self.data_system not in DATA_SYSTEMS:
            raise UnknownNameError("unknown_data_system", system=self.data_system, known=", ".join(DATA_SYSTEMS))
        if self.link:
            check_link(self.link)
