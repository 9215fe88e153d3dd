"""What somebody uploads → files that may be read: names made safe, archives unpacked, all else refused in words.

Files come from anybody who may open the page. So a name is only a name, an archive says its size before it is unpacked,
and GDAL, which goes by content and knows kinds of files that point to other files, sees only what is what it is called.
"""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from planner.catalog import CATALOG_NAME
from planner.errors import Fault
from planner.intake.archives import member_name
from planner.intake.osm import OSM_SUFFIXES
from planner.intake.study_file import FILE_NAME

MOST_MB_A_FILE: Final = 200
MOST_MB_UNPACKED: Final = 500
_MOST_MEMBERS: Final = 2000
_MEGABYTE: Final = 10**6

# What a study folder says of itself.
SETTINGS: Final = (FILE_NAME, CATALOG_NAME)

TABLE_SUFFIXES: Final = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls")
MAP_SUFFIXES: Final = (".geojson", ".json", ".gpkg", ".kml", ".parquet", ".geoparquet", ".shp")
ARCHIVE_SUFFIXES: Final = (".zip", ".kmz")
# What stands beside a .shp and is nothing without it.
BESIDE_SHP: Final = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".qmd")
# Papers that lie about in a study's archive and hold no data.
_PAPERS: Final = (".md", ".pdf", ".docx", ".doc", ".png", ".jpg", ".jpeg", ".html", ".qgz", ".qgs", ".lyr", ".xml")

_NEVER_IN_NAMES: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_MOST_NAME_BYTES: Final = 180


def accept_upload(name: str, content: bytes) -> tuple[dict[str, bytes], list[Fault]]:
    """The files in an upload by their safe names, an archive's each for itself; and what was refused, with the reason.

    Faults name the file that was uploaded.
    """
    name = safe_name(name)
    found = _refused(name, content)
    if found is not None:
        return {}, [found]
    if not name.lower().endswith(ARCHIVE_SUFFIXES):
        return {name: content}, []
    try:
        members = dict(_unpacked(name, content))
    except _RefusedError as error:
        return {}, [error.fault]
    members = _without_common_folder(members)
    if name.lower().endswith(".kmz"):
        maps = [data for path, data in members.items() if path.suffix.lower() == ".kml"]
        members = {PurePosixPath(name).with_suffix(".kml"): maps[0]} if len(maps) == 1 else members
    files: dict[str, bytes] = {}
    faults = []
    for path, data in members.items():
        flat = safe_name("-".join(path.parts))
        if flat.lower().endswith(_PAPERS):
            continue
        found = _refused(flat, data, in_archive=name)
        if found is not None:
            faults.append(found)
        else:
            files[flat] = data
    if not files and not faults:
        faults.append(Fault(name, "upload_zip_empty"))
    return files, faults


def safe_name(name: str) -> str:
    """The last part of ``name`` as a file name that every system takes for one file beside the others."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    last = _NEVER_IN_NAMES.sub("_", last).strip(". ")
    stem, dot, suffix = last.rpartition(".")
    room = _MOST_NAME_BYTES - len(f"{dot}{suffix}".encode("utf-8", "replace"))
    last = f"{_cut(stem, room)}{dot}{suffix}" if stem and room > 0 else _cut(last, _MOST_NAME_BYTES)
    if not last or _RESERVED.match(last):
        last = f"_{last}"
    return last.encode("utf-8", "replace").decode("utf-8")


def _cut(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")


def flat_path(path: str) -> str:
    """What :func:`accept_upload` calls the file that a study's archive has at ``path``."""
    return safe_name("-".join(PurePosixPath(path.replace("\\", "/")).parts))


def _refused(name: str, content: bytes, *, in_archive: str | None = None) -> Fault | None:
    """Why a file may not come in."""
    file, lower = in_archive or name, name.lower()
    kinds: tuple[str, ...] = (*TABLE_SUFFIXES, *MAP_SUFFIXES, *BESIDE_SHP, *OSM_SUFFIXES)
    if in_archive is None:
        kinds = (*kinds, *ARCHIVE_SUFFIXES)
    elif lower.endswith(ARCHIVE_SUFFIXES):
        return Fault(file, "upload_zip_in_zip", value=name)
    if name not in SETTINGS and not lower.endswith(kinds):
        known = " ".join(k for k in kinds if k not in BESIDE_SHP)
        return Fault(file, "upload_suffix", value=name, values={"known": known})
    if not content:
        return Fault(file, "empty_file")
    if len(content) > MOST_MB_A_FILE * _MEGABYTE:
        about: dict[str, object] = {"mb": len(content) / _MEGABYTE, "most": MOST_MB_A_FILE}
        return Fault(file, "upload_too_large", value=name, values=about)
    if not _is_what_it_is_called(lower, content):
        return Fault(file, "upload_other_content", value=name)
    if content.startswith(b"PK\x03\x04"):  # an .xlsx is an archive too
        try:
            _check_archive(name, content)
        except _RefusedError as error:
            return error.fault
    return None


def _is_what_it_is_called(lower: str, content: bytes) -> bool:
    """Whether a map file begins as its kind does."""
    head = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:].lstrip()
    match PurePosixPath(lower).suffix:
        case ".geojson" | ".json":
            return head.startswith((b"{", b"["))
        case ".gpkg":
            return content.startswith(b"SQLite format 3\0")
        case ".shp":
            return content.startswith(b"\x00\x00\x27\x0a")
        case ".kml":
            return b"<kml" in head and b"<OGRVRT" not in content
        case ".parquet" | ".geoparquet":
            return content.startswith(b"PAR1")
        case ".zip" | ".kmz":
            return content.startswith(b"PK")
        case ".osm" | ".graphml":
            return head.startswith(b"<")
        case _:
            return True


class _RefusedError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.key)
        self.fault = fault


def _check_archive(name: str, content: bytes) -> list[zipfile.ZipInfo]:
    """The members of an archive, none of which is unpacked yet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise _RefusedError(_unreadable(name, error)) from error
    size = sum(info.file_size for info in members)
    if size > MOST_MB_UNPACKED * _MEGABYTE or len(members) > _MOST_MEMBERS:
        about: dict[str, object] = {"mb": size / _MEGABYTE, "count": len(members)}
        about |= {"most_mb": MOST_MB_UNPACKED, "most_count": _MOST_MEMBERS}
        raise _RefusedError(Fault(name, "upload_zip_too_large", values=about))
    for info in members:
        if info.flag_bits & 1:
            raise _RefusedError(Fault(name, "locked"))
        if _leads_outside(info):
            raise _RefusedError(Fault(name, "upload_zip_outside", value=member_name(info)))
    return members


def _leads_outside(info: zipfile.ZipInfo) -> bool:
    path = member_name(info).replace("\\", "/")
    parts = PurePosixPath(path).parts
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    return is_link or path.startswith("/") or ".." in parts or bool(re.match(r"[A-Za-z]:", path))


def _unpacked(name: str, content: bytes) -> Iterator[tuple[PurePosixPath, bytes]]:
    members = _check_archive(name, content)
    left = MOST_MB_UNPACKED * _MEGABYTE
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in members:
                path = PurePosixPath(member_name(info).replace("\\", "/"))
                if path.name.startswith(".") or "__MACOSX" in path.parts:
                    continue
                with archive.open(info) as member:
                    data = member.read(left + 1)
                left -= len(data)
                if left < 0:  # more than the archive said of itself
                    about: dict[str, object] = {"mb": MOST_MB_UNPACKED, "count": len(members)}
                    about |= {"most_mb": MOST_MB_UNPACKED, "most_count": _MOST_MEMBERS}
                    raise _RefusedError(Fault(name, "upload_zip_too_large", values=about))
                yield path, data
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise _RefusedError(_unreadable(name, error)) from error


def _unreadable(name: str, error: Exception) -> Fault:
    return Fault(name, "upload_zip_unreadable", values={"reason": str(error).split("\n")[0][:200]})


def _without_common_folder(members: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    """The members by their path below the folder that holds all of them, or that holds study.toml."""
    studies = sorted((path for path in members if path.name == FILE_NAME), key=lambda path: len(path.parts))
    folder = studies[0].parent if studies else None
    if folder is None:
        folders = {path.parts[:-1] for path in members}
        shortest = min(folders, key=len, default=())
        depth = 0
        while depth < len(shortest) and all(parts[: depth + 1] == shortest[: depth + 1] for parts in folders):
            depth += 1
        folder = PurePosixPath(*shortest[:depth])
    return {(path.relative_to(folder) if path.is_relative_to(folder) else path): data for path, data in members.items()}
