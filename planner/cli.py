"""The command ``planner``: each command reads its arguments, calls the library and prints."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from planner.errors import PlannerError, StudyError, UnknownNameError
from planner.figures import amount_text, share_text
from planner.scenario import Scenario
from planner.shipped_files import shipped
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from planner.plan import Plan

_EXISTING = click.Path(path_type=Path)


def _help(key: str) -> str:
    """The help of a command or option in both languages: who reads it has not chosen one yet."""
    return f"{say(f'cli.{key}', 'zh')} / {say(f'cli.{key}', 'en')}"


class _OneLineErrors(click.Group):
    """Commands whose ``PlannerError`` becomes its message on standard error and exit code 1, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except PlannerError as error:
            click.echo(error.message(), err=True)
            ctx.exit(1)


@click.group(cls=_OneLineErrors, help=_help("planner"), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="planner", prog_name="planner")
@click.option("--lang", type=click.Choice(["zh", "en"]), help=_help("lang"))
def main(lang: Language | None) -> None:  # noqa: D103 - click shows the help above
    if lang is not None:
        os.environ["PLANNER_LANG"] = lang


def _out_options(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--formats", default="html,map,gpkg,csv", show_default=True, help=_help("formats"))(command)
    return click.option("--scenario", default="base", show_default=True, help=_help("scenario"))(command)


@main.command(help=_help("demo"))
@click.option("--out", type=_EXISTING, default=Path("out/demo"), show_default=True, help=_help("out"))
@_out_options
def demo(out: Path, scenario: str, formats: str) -> None:  # noqa: D103
    _plan_and_report(shipped("data/demo"), out, scenario, formats)


@main.command(help=_help("plan"))
@click.argument("study", type=_EXISTING)
@click.option("--out", type=_EXISTING, help=_help("out_of_study"))
@_out_options
def plan(study: Path, out: Path | None, scenario: str, formats: str) -> None:  # noqa: D103
    _plan_and_report(study, out or Path("out") / study.resolve().name, scenario, formats)


@main.command(help=_help("check"))
@click.argument("study", type=_EXISTING)
@click.pass_context
def check(ctx: click.Context, study: Path) -> None:  # noqa: D103
    from planner.intake import load_study

    console = Console()
    try:
        with _progress() as progress:
            progress.add_task(say("cli.reading", study=study), total=None)
            checked = load_study(study)
    except StudyError as error:
        table = Table(title=say("error.study", study=error.study, count=len(error.faults)), title_justify="left")
        for column in ("file", "row", "column", "fault"):
            table.add_column(say(f"cli.{column}"), overflow="fold")
        for fault in error.faults:
            row = "" if fault.row is None else str(fault.row)
            table.add_row(_plain(fault.file), row, _plain(fault.column or ""), _plain(fault.problem()))
        Console(stderr=True).print(table)
        ctx.exit(1)
    table = Table(title=_plain(checked.name.in_language(reader_language())), title_justify="left")
    for column in ("role", "file", "rows", "crs", "state"):
        table.add_column(say(f"cli.{column}"), justify="right" if column == "rows" else "left")
    for source in checked.sources:
        state = say("term.estimate") if source.estimated else ""
        table.add_row(source.role, _plain(source.path), f"{source.rows:,}", source.crs, state)
    console.print(table)
    if checked.grids_without_data:
        console.print(say("term.grids_without_data", count=checked.grids_without_data, of=len(checked.grids)))
    console.print(say("cli.no_faults"))


@main.command(help=_help("new"))
@click.argument("study", type=_EXISTING)
@click.option("--osm", type=_EXISTING, required=True, help=_help("osm"))
@click.option("--boundary", type=_EXISTING, help=_help("boundary"))
@click.option("--boundary-name", help=_help("boundary_name"))
@click.option("--features", type=_EXISTING, help=_help("features"))
@click.option("--name", help=_help("name"))
def new(  # noqa: D103
    study: Path, osm: Path, boundary: Path | None, boundary_name: str | None, features: Path | None, name: str | None
) -> None:
    from planner.intake.new_study import new_study

    with _progress() as progress:
        progress.add_task(say("cli.reading", study=osm), total=None)
        made = new_study(study, osm, boundary=boundary, boundary_name=boundary_name, features=features, name=name)
    click.echo(say("cli.made", path=made))


@main.command(help=_help("fetch"))
@click.argument("place")
@click.option("--out", type=_EXISTING, default=Path("extract"), show_default=True, help=_help("fetch_out"))
@click.option("--timeout-s", type=click.FloatRange(min=1), default=60.0, show_default=True, help=_help("timeout"))
def fetch(place: str, out: Path, timeout_s: float) -> None:  # noqa: D103
    from planner.intake.fetch import fetch_extract

    with _progress() as progress:
        progress.add_task(say("cli.fetching", place=place), total=None)
        found = fetch_extract(place, out, timeout_s=timeout_s)
    click.echo(say("cli.fetched", osm=found.osm, features=found.features, boundary=found.boundary))


@main.command(help=_help("app"))
@click.argument("study", type=_EXISTING, required=False)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help=_help("port"))
@click.option("--address", default="localhost", show_default=True, help=_help("address"))
@click.pass_context
def app(ctx: click.Context, study: Path | None, port: int, address: str) -> None:  # noqa: D103
    from planner.intake.study_file import read_study_file

    environment = dict(os.environ)
    if study is not None:
        read_study_file(study)  # a study that cannot be opened is told here, not in the browser
        environment["PLANNER_STUDIES"] = str(study.resolve())
    page = shipped("app.py")
    options = [f"--server.port={port}", f"--server.address={address}"]
    command = [sys.executable, "-m", "streamlit", "run", page.name, *options]
    # Streamlit reads .streamlit/config.toml where it is started.
    ctx.exit(subprocess.run(command, cwd=page.parent, env=environment, check=False).returncode)


def _plan_and_report(study_folder: Path, out: Path, scenario_name: str, formats: str) -> None:
    from planner.intake import load_study
    from planner.plan import make_plan
    from planner.report import write_report

    chosen = tuple(part.strip() for part in formats.split(",") if part.strip())
    with _progress() as progress:
        task = progress.add_task(say("cli.reading", study=study_folder), total=None)
        study = load_study(study_folder)
        scenario = _scenario(study.scenarios, scenario_name)

        def show(service: str, done: int, of: int) -> None:
            name = study.catalog.services[service].name if service else ""
            progress.update(task, description=say("cli.planning", service=name), completed=done, total=of)

        made = make_plan(study, scenario, progress=show)
        progress.update(task, description=say("cli.writing", out=out), total=None)
        written = write_report(made, out, formats=chosen)
        progress.update(task, description=say("cli.done"), completed=1, total=1)
    _print_summary(made)
    for path in written:
        click.echo(str(path))


def _scenario(scenarios: object, name: str) -> Scenario:
    assert isinstance(scenarios, dict)
    if name not in scenarios:
        raise UnknownNameError("unknown_scenario", scenario=name, known=", ".join(scenarios))
    chosen: Scenario = scenarios[name]
    return chosen


def _print_summary(made: Plan) -> None:
    language = reader_language()
    study, summary = made.study, made.summary()
    table = Table(title=_plain(study.name.in_language(language)), title_justify="left")
    table.add_column(say("term.service"))
    for column in ("covered_today", "covered_planned", "new_sites", "yuan_a_year", "proof"):
        table.add_column(say(f"cli.{column}"), justify="right")
    for service, row in summary.to_dict(orient="index").items():
        proven = say(f"term.status_{row['status']}", gap=row["optimality_gap"])
        table.add_row(
            study.catalog.services[str(service)].name.in_language(language),
            share_text(row["covered_share_today"]),
            share_text(row["covered_share_planned"]),
            f"{row['new_sites']}",
            amount_text(row["cost_yuan"]),
            proven,
        )
    console = Console()
    console.print(table)
    if study.made_up:
        console.print(say("term.made_up_note"))
    if study.estimated_roles:
        console.print(say("term.estimate_note"))
    if study.grids_without_data:
        console.print(say("term.grids_without_data", count=study.grids_without_data, of=len(study.grids)))
    if len(study.appeals):
        appeals = made.appeals()
        own = appeals[appeals["services"].map(len) > 0]
        today, planned = (int(own[f"answered_{when}"].sum()) for when in ("today", "planned"))
        console.print(say("report.appeals_all", count=len(own), today=today, planned=planned))
    unreached = sum(len(part.unreached) for part in made.services.values())
    if unreached:
        console.print(say("cli.unreached", count=unreached))


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield progress


def _plain(text: str) -> str:
    """Text from a file, which rich shall not read as its own markup."""
    from rich.markup import escape

    return escape(text)
