"""What every question of an analyst comes to: a tidy frame, what it says in words, and a figure."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, ClassVar, Final

import pandas as pd

from planner.figures import NOTHING, amount_text, share_text
from planner.words import Language, dictionary, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WHOLE: Final = ("_yuan", "limit")
_SHARES: Final = ("_gap", "_probability")


@dataclass(frozen=True)
class Answer(ABC):
    """``frame``: tidy, a row an observation, keys and numbers in it, units in the columns' names.

    The words of a question are in the room ``words`` of the dictionary: ``title``, ``lead`` (what it answers), and
    ``column_<name>`` for those columns that ``ask.column_<name>`` does not name.
    """

    words: ClassVar[str]
    frame: pd.DataFrame

    @abstractmethod
    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What it comes to, a sentence each, the most important first; plain text."""

    @abstractmethod
    def figure(self, language: Language | None = None) -> Figure:
        """The figure, see :mod:`planner.analysis.drawing`."""

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:  # noqa: ARG002 - none, by default
        """For columns that hold keys, what each key is called."""
        return {}

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:  # noqa: ARG002 - nothing, by default
        """What stands behind the answer, such as the sites of each plan: tables as they are read, by what each is."""
        return {}

    def table(self, language: Language | None = None) -> pd.DataFrame:
        """``frame`` as it is read: headings and names in words, numbers as text."""
        return self.read(self.frame, language or reader_language())

    def read(self, frame: pd.DataFrame, language: Language) -> pd.DataFrame:
        """A frame in this answer's columns as it is read."""
        names = self.names(language)
        return pd.DataFrame(
            {
                self._heading(column, language): [
                    _written(column, value, names.get(column, {}), language) for value in frame[column]
                ]
                for column in frame.columns
            }
        )

    def data(self, language: Language | None = None) -> pd.DataFrame:
        """``frame`` to calculate with: headings and names in words, numbers as they are."""
        language = language or reader_language()
        names = self.names(language)
        named = {
            column: self.frame[column].map(lambda key, of=of: of.get(key, key))
            for column, of in names.items()
            if column in self.frame
        }
        return self.frame.assign(**named).rename(columns=lambda column: self._heading(column, language))

    def _heading(self, column: str, language: Language) -> str:
        own = f"{self.words}.column_{column}"
        return say(own if own in dictionary(language) else f"ask.column_{column}", language)


def _written(column: str, value: object, names: Mapping[object, str], language: Language) -> str:
    if isinstance(value, str) or value in names:
        return names.get(value, str(value))
    if value is None or value is pd.NA or value is pd.NaT:
        return NOTHING
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return say("ask.yes" if value else "ask.no", language)
    if isinstance(value, Integral):
        return f"{int(value):,}"
    if isinstance(value, Real):
        number = float(value)
        if "_share" in column or column.endswith(_SHARES):
            return share_text(number)
        return f"{number:,.0f}" if math.isfinite(number) and column.endswith(_WHOLE) else amount_text(number)
    return str(value)
