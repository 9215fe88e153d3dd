"""What a station offers (设施): the words of a file → the catalog's facilities."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Any, Final

import pandas as pd

from planner.catalog import Catalog
from planner.errors import Fault
from planner.intake.values import split_names
from planner.intake.vocabulary import plain

_NOTHING: Final = {"无", "没有", "暂无", "none"}
_IN_BRACKETS: Final = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
# "提供热水", "微波炉2台": what stands before and behind a facility's name and does not make it another.
_AROUND: Final = re.compile(r"^(?:免费|提供|配有|设有|有)+|\d+\s*(?:台|个|组|套|部|张|把|间|处|只)$|[。.]+$")
_AND: Final = re.compile(r"\s+|和|及|与")
_NAMES_TOLD: Final = 8


def typed_offers(
    file: str, written: pd.Series[str], services: pd.Series[Any], catalog: Catalog
) -> tuple[pd.Series[Any], list[Fault]]:
    """The facilities of each place in the catalog's order, None where nothing is written; and what was left out.

    ``services`` of a place settle a word that several facilities go by: 充电 is for phones at a rest station and for
    batteries at a cabinet. A facility that the catalog does not know is a remark: no figure of a plan depends on it.
    """
    of_word = _facilities_by_word(catalog)
    offers: list[tuple[str, ...] | None] = []
    unknown: list[list[str]] = []
    for text, here in zip(written, services, strict=True):
        words = list(_words(str(text), of_word))
        found = {key for word in words for key in _settled(of_word.get(plain(word), []), here, catalog)}
        unknown.append([word for word in words if plain(word) not in of_word and plain(word) not in _NOTHING])
        offers.append(tuple(key for key in catalog.facilities if key in found) if words else None)
    return pd.Series(offers, index=written.index, dtype=object), _remarks(file, unknown, catalog)


def _facilities_by_word(catalog: Catalog) -> dict[str, list[str]]:
    of_word: dict[str, list[str]] = {}
    for key, facility in catalog.facilities.items():
        for word in {plain(name) for name in (key, facility.name.zh, facility.name.en, *facility.written)}:
            of_word.setdefault(word, []).append(key)
    return of_word


def _words(text: str, known: Collection[str]) -> Iterable[str]:
    """The names in a cell; one that is not known whole is tried without what stands around it, and in its parts."""
    for name in split_names(_IN_BRACKETS.sub("", unicodedata.normalize("NFKC", text))):
        bare = _AROUND.sub("", name) if plain(name) not in known and plain(name) not in _NOTHING else name
        parts = [_AROUND.sub("", part) for part in _AND.split(bare) if part]
        if plain(bare) not in known and len(parts) > 1 and any(plain(part) in known for part in parts):
            yield from parts
        else:
            yield bare or name


def _settled(meant: list[str], services: Any, catalog: Catalog) -> set[str]:
    """Of the facilities that a word may mean, those that the place's services offer; the first where none of them is.

    A word for one thing with two parts (充换电) means both where the services offer both.
    """
    if len(meant) < 2:
        return set(meant)
    offered = {key for name in services if name in catalog.services for key in catalog.services[name].offers}
    return {key for key in meant if key in offered} or set(meant[:1])


def _remarks(file: str, unknown: Iterable[list[str]], catalog: Catalog) -> list[Fault]:
    places = [words for words in unknown if words]
    names = list(dict.fromkeys(name for words in places for name in words))
    if not names:
        return []
    more = ["…"] if len(names) > _NAMES_TOLD else []
    known = ", ".join(f"{key} ({facility.name.zh})" for key, facility in catalog.facilities.items())
    about: dict[str, object] = {"count": len(places), "names": ", ".join(names[:_NAMES_TOLD] + more), "known": known}
    return [Fault(file, "facilities_unknown", None, "offers", names[0], about, "remark")]
