"""What can go wrong, each error naming the thing, the fault and the remedy.

::

    PlannerError
    ├── StudyError          (ValueError)         a study's files have faults; ``faults`` lists all of them
    ├── RecordsError        (ValueError)         files of records cannot be read as they are; ``faults`` as above
    ├── MissingFileError    (FileNotFoundError)  a file or folder that was asked for is not there
    ├── UnknownNameError    (LookupError)        a service, scenario or format that does not exist
    ├── ArgumentError       (ValueError)         an argument of a public function is out of its range
    ├── OutputError         (OSError)            a result cannot be written where it was asked for
    ├── TypesettingError    (RuntimeError)       a page cannot be set: a fault of the program, or a font is missing
    ├── WordTemplateError   (ValueError)         an office's own Word template cannot be used as it is
    ├── FetchError          (ConnectionError)    the internet, or the map service on it, does not answer
    └── StoreError          (OSError)            the store of saved work cannot be reached, read or written
        └── DamagedError                         what it kept is not what was saved

``str(error)`` is in the reader's language; ``error.message("en")`` and ``error.message("zh")`` give either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from planner.words import Language, say

FAULTS_SHOWN_PER_KIND: Final = 20


class PlannerError(Exception):
    """Any error that the planner raises on purpose. ``key`` names its words in ``planner/words``."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.key, self.values)

    def __str__(self) -> str:
        return self.message()

    def message(self, language: Language | None = None) -> str:
        """The error in one language, by default the reader's."""
        return say(f"error.{self.key}", language, **self.values)


def _rebuild(kind: type[PlannerError], key: str, values: dict[str, object]) -> PlannerError:
    return kind(key, **values)


@dataclass(frozen=True)
class Fault:
    """One fault in one file: where, what stands there, what is wrong and what to do about it.

    ``row`` counts as a spreadsheet does (from 1, the header's row included), or is the number of a feature; ``None`` is
    the file. An ``"error"`` keeps the study from being read; a ``"remark"`` is told and the study is read.
    """

    file: str
    key: str
    row: int | None = None
    column: str | None = None
    value: object = None
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Literal["error", "remark"] = "error"

    @property
    def is_error(self) -> bool:
        """Whether it keeps the study from being read."""
        return self.severity == "error"

    def problem(self, language: Language | None = None) -> str:
        """What is wrong and how to mend it, in one sentence."""
        return say(f"fault.{self.key}", language, value=self.value, column=self.column, **self.values)

    def line(self, language: Language | None = None) -> str:
        """The whole fault in one line."""
        place = [self.file]
        if self.row is not None:
            place.append(say("fault.at_row", language, row=self.row))
        if self.column is not None:
            place.append(say("fault.at_column", language, column=self.column))
        return say("fault.line", language, place=" ".join(place), problem=self.problem(language))


class StudyError(PlannerError, ValueError):
    """A study's files have faults; ``faults`` holds every one that was found, ``remarks`` what else is to be told."""

    def __init__(self, study: str, faults: Iterable[Fault]) -> None:
        found = tuple(faults)
        self.faults = tuple(fault for fault in found if fault.is_error)
        self.remarks = tuple(fault for fault in found if not fault.is_error)
        super().__init__("study", study=study, count=len(self.faults))
        self.study = study

    def __reduce__(self) -> tuple[object, ...]:
        return StudyError, (self.study, (*self.faults, *self.remarks))

    def message(self, language: Language | None = None) -> str:
        """The count and the faults, a line each; of very many of one kind the first and a count."""
        return "\n  ".join([super().message(language), *(fault.line(language) for fault in shown_faults(self.faults))])


def shown_faults(faults: Sequence[Fault]) -> list[Fault]:
    """The faults for a screen: of very many of one kind in one column the first twenty, and how many more there are."""
    kinds: dict[tuple[object, ...], list[Fault]] = {}
    for fault in faults:
        kinds.setdefault((fault.file, fault.column, fault.key), []).append(fault)
    shown = []
    for alike in kinds.values():
        shown += alike[:FAULTS_SHOWN_PER_KIND]
        if (more := len(alike) - FAULTS_SHOWN_PER_KIND) > 0:
            shown.append(replace(alike[0], key="more_alike", row=None, value=None, values={"count": more}))
    return shown


class RecordsError(PlannerError, ValueError):
    """Files of delivery records cannot be read as they are; ``faults`` holds every reason that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("records", count=len(faults))
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[object, ...]:
        return RecordsError, (self.faults,)

    def message(self, language: Language | None = None) -> str:
        """The count and every fault, a line each."""
        return "\n  ".join([super().message(language), *(fault.line(language) for fault in self.faults)])


class MissingFileError(PlannerError, FileNotFoundError):
    """A file or folder that was asked for is not there."""


class UnknownNameError(PlannerError, LookupError):
    """A service, scenario, period or format that does not exist."""


class ArgumentError(PlannerError, ValueError):
    """An argument of a public function is out of its range."""


class OutputError(PlannerError, OSError):
    """A result cannot be written where it was asked for."""


class TypesettingError(PlannerError, RuntimeError):
    """A page for paper cannot be set: a fault of the program, or its fonts are missing."""


class WordTemplateError(PlannerError, ValueError):
    """An office's own Word template cannot be used as it is."""


class FetchError(PlannerError, ConnectionError):
    """The internet, or the map service on it, does not answer."""


class StoreError(PlannerError, OSError):
    """The store of saved studies and plans cannot be reached, read or written."""


class DamagedError(StoreError):
    """What the store kept is not what was saved."""
