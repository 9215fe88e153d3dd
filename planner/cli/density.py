"""``planner density``: delivery records → what a study reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from planner.cli.console import both_helps, plain, progress_shown
from planner.errors import ArgumentError
from planner.words import say

if TYPE_CHECKING:
    from planner.density import Density

_EXISTING = click.Path(path_type=Path)


@click.command(help=both_helps("density"))
@click.argument("files", type=_EXISTING, nargs=-1, required=True)
@click.option("--crs", "system", required=True, help=both_helps("crs_of_records"))
@click.option("--cell", default="100m", show_default=True, help=both_helps("cell"))
@click.option("--out", type=_EXISTING, default=Path("out/density"), show_default=True, help=both_helps("out"))
@click.option("--boundary", type=_EXISTING, help=both_helps("boundary_of_records"))
@click.option("--cell-column", "polygon_column", default="grid_code", show_default=True, help=both_helps("cell_column"))
@click.option("--cell-crs", "polygon_system", default="wgs84", show_default=True, help=both_helps("cell_crs"))
@click.option("--metric-crs", "metric", help=both_helps("metric_crs"))
@click.option("--column", "columns", multiple=True, metavar="ROLE=NAME", help=both_helps("column_of_records"))
@click.option("--kind", "kinds", multiple=True, metavar="[WORD=]KIND", help=both_helps("kind_of_records"))
@click.option("--drop", multiple=True, metavar="NAMES", help=both_helps("drop"))
@click.option("--rider", metavar="NAME", help=both_helps("rider"))
@click.option("--no-rider", is_flag=True, help=both_helps("no_rider"))
@click.option("--k", type=click.IntRange(min=1), default=5, show_default=True, help=both_helps("k"))
@click.option("--days", type=click.Choice(["all", "weekdays", "weekends"]), default="all", help=both_helps("days"))
@click.option("--memory-gb", type=click.FloatRange(min=0.5), default=4.0, show_default=True, help=both_helps("memory"))
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help=both_helps("threads"))
@click.pass_context
def density(  # noqa: D103
    ctx: click.Context,
    /,
    files: tuple[Path, ...],
    out: Path,
    columns: tuple[str, ...],
    kinds: tuple[str, ...],
    drop: tuple[str, ...],
    no_rider: bool,
    **same: Any,
) -> None:
    from planner.density import Rules, write_density

    rules = Rules(
        columns=_pairs(columns, "column"),
        kinds=kinds[0] if len(kinds) == 1 and "=" not in kinds[0] else _pairs(kinds, "kind"),
        drop=tuple(name.strip() for names in drop for name in names.replace("，", ",").split(",")),
        counted="deliveries" if no_rider else "riders",
        **same,
    )
    with progress_shown() as progress:
        task = progress.add_task(say("cli.reading", study=files[0]), total=None)

        def show(file: str, rows: int) -> None:
            progress.update(task, description=say("cli.counting", file=file, rows=rows))

        made, written = write_density(files, out, rules, progress=show)
    _print_density(made)
    for path in written:
        click.echo(str(path))
    if not made.rows_published:
        click.echo(say("cli.nothing_counted"), err=True)
        ctx.exit(1)


def _pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    """``a=b`` of options that may be given several times."""
    for text in texts:
        if "=" not in text:
            raise ArgumentError("not_a_pair", option=f"--{option}", value=text)
    return dict((part.strip() for part in text.split("=", 1)) for text in texts)  # type: ignore[misc]


def _print_density(made: Density) -> None:
    from planner.density.writing import notes, study_line

    table = Table(title=say("cli.rows_title"), title_justify="left")
    table.add_column(say("cli.rows_what"))
    table.add_column(say("cli.rows"), justify="right")
    table.add_row(say("cli.rows_read"), f"{made.rows_read:,}")
    for reason, rows in made.set_aside.items():
        examples = ", ".join(made.unreadable.get(reason, ()))
        what = say(f"density.reason_{reason}") + (f": {examples}" if examples else "")
        table.add_row(plain(f"  − {what}"), f"{rows:,}")
    table.add_row(say("cli.rows_withheld", figures=made.figures_withheld), f"{made.rows_withheld:,}")
    counted = say("cli.rows_published", figures=made.figures_merged, rows=made.rows_merged)
    table.add_row(counted, f"{made.rows_published:,}")
    console = Console()
    console.print(table)
    if made.first_day:
        days = ", ".join(f"{period} {count}" for period, count in made.days.items())
        console.print(say("cli.days_counted", first=made.first_day, last=made.last_day, days=days, cells=made.cells))
    for note in notes(made):
        console.print(plain(say(f"density.note_{note}", k=made.k)))
    if (line := study_line(made)) is not None and made.rows_published:
        click.echo(say("cli.for_study"))
        click.echo(line)
