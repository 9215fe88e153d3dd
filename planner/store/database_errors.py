"""What a database says of itself → a ``StoreError`` in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from planner.errors import DamagedError, StoreError

# The codes of SQLite (sqlite.org/rescode.html) and the SQLSTATEs of PostgreSQL (its manual, appendix A).
_BUSY: Final = {5, 6, "55P03", "40P01", "40001"}
_FULL: Final = {13, "53100"}
_DAMAGED: Final = {11, 26, "XX001", "XX002"}
_FOLDER: Final = {3, 8, 14}
_REFUSED: Final = {"42501", "25006"}


@contextmanager
def told(place: str) -> Iterator[None]:
    """Whatever the database raises within comes out as a ``StoreError`` that names ``place``."""
    try:
        yield
    except DBAPIError as error:
        raise _told(error, place) from error
    except NoFreeConnection as error:
        raise StoreError("store_busy", place=place) from error
    except SQLAlchemyError as error:
        raise StoreError("store_failed", place=place, reason=_first_line(error)) from error


def _told(error: DBAPIError, place: str) -> StoreError:
    code, reason = _code(error), _first_line(error.orig or error)
    if code in _BUSY:
        return StoreError("store_busy", place=place)
    if code in _FULL:
        return StoreError("store_full", place=place)
    if code in _DAMAGED:
        return DamagedError("store_damaged", place=place, reason=reason)
    if code in _FOLDER:
        return StoreError("store_folder", place=place, reason=reason)
    if code in _REFUSED:
        return StoreError("store_refused", place=place, reason=reason)
    if error.connection_invalidated or _is_of_connecting(error, code):
        return StoreError("store_unreachable", place=place, reason=reason)
    return StoreError("store_failed", place=place, reason=reason)


def _code(error: DBAPIError) -> int | str | None:
    """SQLite's primary result code or PostgreSQL's SQLSTATE; a connection that never stood has none."""
    number = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(number, int):
        return number & 0xFF
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None


def _is_of_connecting(error: DBAPIError, code: int | str | None) -> bool:
    """Connection, login, unknown database, too many connections, and a server that starts or stops."""
    if isinstance(code, str):
        return code[:2] in ("08", "28", "3D") or code in ("53300", "57P01", "57P02", "57P03")
    return code is None and isinstance(error, OperationalError)


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0][:200] or type(error).__name__
