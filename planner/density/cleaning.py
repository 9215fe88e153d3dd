"""Rows as they are handed over → rows judged: what is wrong with each, and its time, place, kind and rider.

All of it is one SQL query over a file, so that DuckDB can run it in a stream, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from planner.density.columns import Roles
from planner.density.files import RecordFile, quoted
from planner.density.names import kinds_named

# What a row was set aside for, in the order in which it is asked; a row has the first that fits. The first is none.
REASONS: Final = (
    "used", "malformed_line", "no_time", "no_clock", "odd_time", "no_kind", "odd_kind", "no_position", "odd_position",
    "zero_position", "swapped", "out_of_range", "outside_china", "outside_boundary", "outside_cells",
)  # fmt: skip
CODE: Final = {reason: code for code, reason in enumerate(REASONS)}
_OF_TIME: Final = ("no_time", "odd_time", "no_clock")
_OF_KIND: Final = ("no_kind", "odd_kind")
CHINA_DEGREES: Final = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north: land and sea
_FIRST_SECOND, _LAST_SECOND = "946684800", "4102444800"  # the years 2000 to 2099: before and after, a clock was wrong


def judged(file: RecordFile, roles: Roles, *, kinds: Sequence[str], words: Mapping[str, str], one_kind: str) -> str:
    """The query that yields ``row, reason, second, lon, lat, kind, rider, shown`` for each row of ``file``.

    ``row`` is the line of a text file, or the number of a Parquet record from 1; ``reason`` an index of
    :data:`REASONS`; ``second`` the local time of China in seconds since 1970; ``lon`` and ``lat`` as they are given;
    ``kind`` an index of ``kinds``; ``rider`` a number in the rider's place, 0 where there is none, and without a
    column of riders a number of its own for each row; ``shown`` a time or kind that could not be read. Blank lines
    are no rows. ``words`` are further words for kinds; ``one_kind`` the kind of all rows, or empty.
    """
    of_column = dict(zip(file.columns, file.types, strict=True))
    kind_of = {role: of_column.get(column, "VARCHAR") for role, column in vars(roles).items()}
    if roles.position is None:
        lon, lat = _number("lon", kind_of["lon"]), _number("lat", kind_of["lat"])
        no_position = f"{_is_empty('lon', kind_of)} OR {_is_empty('lat', kind_of)}"
    else:
        lon, lat = (_number(f"trim(split_part(replace(position, '，', ','), ',', {i}))") for i in (1, 2))
        no_position = _is_empty("position", kind_of)
    west, south, east, north = CHINA_DEGREES
    checks = {
        "malformed_line": "malformed",
        "no_time": _is_empty("time", kind_of),
        "no_clock": _no_clock(kind_of["time"]),
        "odd_time": f"second IS NULL OR second < {_FIRST_SECOND} OR second >= {_LAST_SECOND}",
        "no_kind": "false" if one_kind else _is_empty("kind", kind_of),
        "odd_kind": "kind_code < 0",
        "no_position": no_position,
        "odd_position": "lon_deg IS NULL OR lat_deg IS NULL OR NOT isfinite(lon_deg) OR NOT isfinite(lat_deg)",
        "zero_position": "lon_deg = 0 AND lat_deg = 0",
        "swapped": f"lon_deg BETWEEN {south} AND {north} AND lat_deg BETWEEN {west} AND {east}",
        "out_of_range": "abs(lon_deg) > 180 OR abs(lat_deg) > 90",
        "outside_china": f"NOT (lon_deg BETWEEN {west} AND {east} AND lat_deg BETWEEN {south} AND {north})",
    }
    reason = " ".join(f"WHEN {check} THEN {CODE[name]}" for name, check in checks.items())
    rider = f"hash(row, {_text(file.name)})"
    if roles.rider:
        rider = f"CASE WHEN {_is_empty('rider', kind_of)} THEN 0 ELSE hash(CAST(rider AS VARCHAR)) END"
    return f"""
        WITH fields AS ({_fields(file, roles)}),
        typed AS (
            SELECT *, CAST(floor(epoch({_time(kind_of["time"])})) AS BIGINT) AS second,
                {lon} AS lon_deg, {lat} AS lat_deg,
                {_kind(kinds, words, one_kind)} AS kind_code
            FROM fields
        ),
        judged AS (SELECT *, CASE {reason} ELSE 0 END AS reason FROM typed)
        SELECT CAST(row AS BIGINT) AS row, CAST(reason AS TINYINT) AS reason, second, lon_deg AS lon, lat_deg AS lat,
            CAST(kind_code AS TINYINT) AS kind, CAST({rider} AS UBIGINT) AS rider,
            CASE WHEN reason IN ({CODE["odd_time"]}, {CODE["no_clock"]}) THEN CAST(time AS VARCHAR)
                 WHEN reason = {CODE["odd_kind"]} THEN CAST(kind AS VARCHAR) END AS shown
        FROM judged
    """


def reason_columns(roles: Roles) -> list[str]:
    """The column that each of :data:`REASONS` is about; empty for a whole line."""
    column = dict.fromkeys(REASONS, roles.position or f"{roles.lon}, {roles.lat}") | {"used": "", "malformed_line": ""}
    column |= dict.fromkeys(_OF_TIME, roles.time) | dict.fromkeys(_OF_KIND, roles.kind or "")
    return list(column.values())


def _fields(file: RecordFile, roles: Roles) -> str:
    columns = vars(roles)
    if file.form == "parquet":
        types = dict(zip(file.columns, file.types, strict=True))
        named = ", ".join(
            f"{_value(column, types) if column else 'NULL'} AS {role}" for role, column in columns.items()
        )
        return (
            f"SELECT file_row_number + 1 AS row, false AS malformed, {named} "
            f"FROM read_parquet({_text(str(file.path))}, file_row_number = true)"
        )
    delimiter, count = _text(file.delimiter), len(file.columns)
    one = file.delimiter if file.delimiter != "|" else "[|]"
    # A value in quotes may hold the delimiter; a record stands on one line, so that an open quote spoils one line only.
    cell = f'{one}("([^"]|"")*"|[^"{file.delimiter}]*)'
    parts = f"""
        CASE WHEN NOT contains(line, '"') THEN string_split(line, {delimiter})
             WHEN regexp_full_match({delimiter} || line, {_text(f"({cell})+")})
             THEN list_transform(regexp_extract_all({delimiter} || line, {_text(cell)}), lambda part:
                 CASE WHEN part[2] = '"' THEN replace(part[3:-2], '""', '"') ELSE part[2:] END)
             ELSE [] END
    """
    named = ", ".join(
        f"{f'trim(parts[{file.columns.index(column) + 1}])' if column else 'NULL'} AS {role}"
        for role, column in columns.items()
    )
    return f"""
        SELECT row, len(parts) <> {count} AS malformed, {named}
        FROM (
            SELECT row, {parts} AS parts
            FROM (
                SELECT row_number() OVER () AS row, line FROM read_csv({_text(str(file.path))}, header = false,
                    auto_detect = false, delim = '\x1f', quote = '', escape = '', comment = '', strict_mode = false,
                    compression = 'none', columns = {{'line': 'VARCHAR'}})
            ) WHERE row > {file.header_row} AND line IS NOT NULL AND trim(line) <> ''
        )
    """


def _value(column: str, types: Mapping[str, str]) -> str:
    return f"trim({quoted(column)})" if types[column] == "VARCHAR" else quoted(column)


def _time(kind: str) -> str:
    """The local time of ``time`` as a TIMESTAMP, or NULL. The session is in China's time, which never shifts."""
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return "CAST(time AS TIMESTAMP)"
    if kind != "VARCHAR":
        return _epoch("try_cast(time AS DOUBLE)")
    date = ("%Y年%m月%d日 ", "%Y年%m月%d日", "%Y%m%d ", "%Y.%m.%d ")
    clock = ("%H:%M:%S", "%H:%M", "%H时%M分%S秒", "%H时%M分")
    spelt = f"try_strptime(time, {[day + hour for day in date for hour in clock]})"
    zoned = "try_strptime(time, ['%Y-%m-%d %H:%M:%S %z', '%Y/%m/%d %H:%M:%S %z'])"
    return f"""
        CASE WHEN length(time) = 19 AND contains(time, ':') AND NOT contains(time, '+')
                THEN coalesce(try_cast(time AS TIMESTAMP), {spelt})
             WHEN regexp_full_match(time, '\\d{{10}}|\\d{{13}}|\\d{{16}}') THEN {_epoch("try_cast(time AS DOUBLE)")}
             WHEN regexp_full_match(time, '20\\d{{12}}') THEN try_strptime(time, '%Y%m%d%H%M%S')
             WHEN regexp_matches(time, '\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?\\s*(Z|UTC|GMT|[+-]\\d\\d(:?\\d\\d)?)$')
                THEN CAST(coalesce(try_cast(time AS TIMESTAMPTZ), {zoned}) AS TIMESTAMP)
             WHEN regexp_matches(time, '^\\d') THEN coalesce(try_cast(time AS TIMESTAMP), {spelt}) END
    """


def _epoch(number: str) -> str:
    """Seconds, milliseconds or microseconds since 1970 in UTC, told apart by their size, as local time."""
    seconds = (
        f"(CASE WHEN {number} < 1e11 THEN {number} WHEN {number} < 1e14 THEN {number} / 1e3 ELSE {number} / 1e6 END)"
    )
    return f"CAST(CASE WHEN {number} BETWEEN 0 AND 4.1e15 THEN to_timestamp({seconds}) END AS TIMESTAMP)"


def _no_clock(kind: str) -> str:
    """Whether a time is only a date, which would count as midnight."""
    if kind == "DATE":
        return "true"
    if kind != "VARCHAR":
        return "false"
    return "length(time) <= 11 AND regexp_matches(time, '^\\d{4}\\D\\d+\\D\\d+日?$|^20\\d{6}$')"


def _number(value: str, kind: str = "VARCHAR") -> str:
    """A number, also with full-width digits or a decimal comma; NULL for anything else."""
    if kind != "VARCHAR":
        return f"try_cast({value} AS DOUBLE)"
    written = f"translate({value}, '０１２３４５６７８９．，,－', '0123456789...-')"
    return f"coalesce(try_cast({value} AS DOUBLE), try_cast({written} AS DOUBLE))"


def _kind(kinds: Sequence[str], words: Mapping[str, str], one_kind: str) -> str:
    if one_kind:
        return str(list(kinds).index(one_kind))
    known = {word: kind for kind in kinds for word in (*kinds_named().get(kind, ()), kind)} | dict(words)
    cases = " ".join(f"WHEN {_text(word.casefold())} THEN {list(kinds).index(kind)}" for word, kind in known.items())
    return f"CASE lower(CAST(kind AS VARCHAR)) {cases} ELSE -1 END"


def _is_empty(role: str, kind_of: Mapping[str, str]) -> str:
    return f"({role} IS NULL OR {role} = '')" if kind_of[role] == "VARCHAR" else f"{role} IS NULL"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
