"""The command ``planner``: each command reads its arguments, calls the library and prints."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from planner.cli.console import both_helps, plain, progress_shown
from planner.cli.density import density
from planner.cli.reporting import compare, demo, plan
from planner.cli.serving import check_address
from planner.errors import Fault, PlannerError, StudyError, shown_faults
from planner.shipped_files import shipped
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from planner.intake import Study

_EXISTING = click.Path(path_type=Path)


class _OneLineErrors(click.Group):
    """Commands whose ``PlannerError`` becomes its message on standard error and exit code 1, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except PlannerError as error:
            click.echo(error.message(), err=True)
            ctx.exit(1)


@click.group(cls=_OneLineErrors, help=both_helps("planner"), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="planner", prog_name="planner")
@click.option("--lang", type=click.Choice(["zh", "en"]), help=both_helps("lang"))
def main(lang: Language | None) -> None:  # noqa: D103 - click shows the help above
    if lang is not None:
        os.environ["PLANNER_LANG"] = lang


@main.command(help=both_helps("check"))
@click.argument("study", type=_EXISTING)
@click.option("--faults", "faults_file", type=_EXISTING, help=both_helps("faults_file"))
@click.option("--confirm", is_flag=True, help=both_helps("confirm"))
@click.pass_context
def check(ctx: click.Context, study: Path, faults_file: Path | None, confirm: bool) -> None:  # noqa: D103
    checked = None
    faults: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()
    try:
        with progress_shown() as progress:
            progress.add_task(say("cli.reading", study=study), total=None)
            checked = _load(study, confirm=confirm)
        remarks = checked.remarks
    except StudyError as error:
        faults, remarks = error.faults, error.remarks
        _print_faults(say("error.study", study=error.study, count=len(faults)), faults, Console(stderr=True))
    if remarks:
        _print_faults(say("cli.remarks", count=len(remarks)), remarks, Console(stderr=checked is None))
    if faults_file is not None:
        from planner.report.fault_table import write_fault_table

        write_fault_table(faults_file, [*faults, *remarks], reader_language())
        click.echo(say("cli.faults_written", path=faults_file))
    if checked is None:
        ctx.exit(1)
    table = Table(title=plain(checked.name.in_language(reader_language())), title_justify="left")
    for column in ("role", "file", "rows", "crs", "state"):
        table.add_column(say(f"cli.{column}"), justify="right" if column == "rows" else "left")
    for source in checked.sources:
        state = say("term.estimate") if source.estimated else ""
        table.add_row(source.role, plain(source.path), f"{source.rows:,}", source.crs, state)
    Console().print(table)
    if checked.grids_without_data:
        Console().print(say("term.grids_without_data", count=checked.grids_without_data, of=len(checked.grids)))
    Console().print(say("cli.no_faults"))


def _load(folder: Path, *, confirm: bool) -> Study:
    """The study; to ``confirm`` is to write the coordinate systems that are clear into study.toml and read again."""
    from planner.intake import load_study
    from planner.intake.confirm import confirm_systems

    try:
        return load_study(folder)
    except StudyError as error:
        written = confirm_systems(folder, error.faults) if confirm else {}
        if not written:
            raise
    for role, system in written.items():
        click.echo(say("cli.confirmed", role=role, crs=system))
    return load_study(folder)


def _print_faults(title: str, faults: Sequence[Fault], console: Console) -> None:
    table = Table(title=plain(title), title_justify="left")
    for column in ("file", "row", "column", "fault"):
        table.add_column(say(f"cli.{column}"), overflow="fold")
    for fault in shown_faults(faults):
        row = "" if fault.row is None else str(fault.row)
        table.add_row(plain(fault.file), row, plain(fault.column or ""), plain(fault.problem()))
    console.print(table)


@main.command(help=both_helps("new"))
@click.argument("study", type=_EXISTING)
@click.option("--osm", type=_EXISTING, required=True, help=both_helps("osm"))
@click.option("--boundary", type=_EXISTING, help=both_helps("boundary"))
@click.option("--boundary-name", help=both_helps("boundary_name"))
@click.option("--features", type=_EXISTING, help=both_helps("features"))
@click.option("--name", help=both_helps("name"))
def new(  # noqa: D103
    study: Path, osm: Path, boundary: Path | None, boundary_name: str | None, features: Path | None, name: str | None
) -> None:
    from planner.intake.new_study import new_study

    with progress_shown() as progress:
        progress.add_task(say("cli.reading", study=osm), total=None)
        made = new_study(study, osm, boundary=boundary, boundary_name=boundary_name, features=features, name=name)
    click.echo(say("cli.made", path=made))


@main.command(help=both_helps("fetch"))
@click.argument("place")
@click.option("--out", type=_EXISTING, default=Path("extract"), show_default=True, help=both_helps("fetch_out"))
@click.option("--timeout-s", type=click.FloatRange(min=1), default=60.0, show_default=True, help=both_helps("timeout"))
def fetch(place: str, out: Path, timeout_s: float) -> None:  # noqa: D103
    from planner.intake.fetch import fetch_extract

    with progress_shown() as progress:
        progress.add_task(say("cli.fetching", place=place), total=None)
        found = fetch_extract(place, out, timeout_s=timeout_s)
    click.echo(say("cli.fetched", osm=found.osm, features=found.features, boundary=found.boundary))


for _command in (demo, plan, compare, density):
    main.add_command(_command)


@main.command(help=both_helps("app"))
@click.argument("study", type=_EXISTING, required=False)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help=both_helps("port"))
@click.option("--address", default="localhost", show_default=True, help=both_helps("address"))
@click.pass_context
def app(ctx: click.Context, study: Path | None, port: int, address: str) -> None:  # noqa: D103
    from planner.intake.study_file import read_study_file

    environment = dict(os.environ)
    if study is not None:
        read_study_file(study)  # a study that cannot be opened is told here, not in the browser
        environment["PLANNER_STUDIES"] = str(study.resolve())
    page = shipped("app.py")
    check_address(address, page.parent)
    options = [f"--server.port={port}", f"--server.address={address}"]
    command = [sys.executable, "-m", "streamlit", "run", page.name, *options]
    # Streamlit reads .streamlit/config.toml where it is started.
    ctx.exit(subprocess.run(command, cwd=page.parent, env=environment, check=False).returncode)
