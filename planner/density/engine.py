"""DuckDB, held within a memory limit and a folder of its own, and the batches of a query."""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.errors import Fault, RecordsError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_BATCH_ROWS: Final = 500_000


@contextmanager
def started(memory_gb: float, threads: int) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database in memory that spills into a folder of its own, and a folder for copies; both go in the end."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="planner-density-") as folder:
        scratch = Path(folder) / "copies"
        scratch.mkdir()
        settings: dict[str, Any] = {
            "memory_limit": f"{memory_gb * 500:.0f}MB",
            "threads": threads,
            "temp_directory": str(Path(folder) / "spilled"),
            "autoinstall_known_extensions": False,
        }
        connection = duckdb.connect(config=settings)
        try:
            connection.execute("SET TimeZone = 'Asia/Shanghai'")
            yield connection, scratch
        finally:
            connection.close()


def batches(connection: duckdb.DuckDBPyConnection, query: str, file: str) -> Iterator[pa.RecordBatch]:
    """The rows of a query; the next batch is read while one is worked on."""
    import duckdb

    ready: queue.Queue[Any] = queue.Queue(maxsize=2)
    stop = threading.Event()

    def read() -> None:
        try:
            for batch in connection.sql(query).to_arrow_reader(_BATCH_ROWS):
                while not stop.is_set():
                    try:
                        ready.put(batch, timeout=0.2)
                        break
                    except queue.Full:
                        continue
                if stop.is_set():
                    return
            ready.put(None)
        except BaseException as error:  # handed to the one who waits
            ready.put(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while (batch := ready.get()) is not None:
            if isinstance(batch, duckdb.Error):
                reason = str(batch).splitlines()[0]
                raise RecordsError([Fault(file, "records_unreadable", values={"reason": reason})]) from batch
            if isinstance(batch, BaseException):
                raise batch
            yield batch
    finally:
        stop.set()
        while reader.is_alive():
            connection.interrupt()
            while not ready.empty():
                ready.get_nowait()
            reader.join(0.2)
