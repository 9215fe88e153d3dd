"""What every command shows its reader with: help in both languages, progress, and text that is no markup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from planner.words import say


def both_helps(key: str) -> str:
    """The help of a command or option in both languages: who reads it has not chosen one yet."""
    return f"{say(f'cli.{key}', 'zh')} / {say(f'cli.{key}', 'en')}"


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A line of progress on standard error while the block runs."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield progress


def plain(text: str) -> str:
    """Text from a file, which rich shall not read as its own markup."""
    return escape(text)
