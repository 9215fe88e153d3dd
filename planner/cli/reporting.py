"""The commands that plan a study and write what is handed on."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from planner.cli.console import both_helps, plain, progress_shown
from planner.errors import UnknownNameError
from planner.figures import amount_text, share_text
from planner.scenario import Scenario
from planner.shipped_files import shipped
from planner.words import reader_language, say

if TYPE_CHECKING:
    from planner.plan import Plan

_PATH = click.Path(path_type=Path)


def _options(formats: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options of every command that writes files for people."""
    added = [
        click.option("--formats", default=formats, show_default=True, help=both_helps("formats")),
        click.option("--made-on", type=click.DateTime(["%Y-%m-%d"]), help=both_helps("made_on")),
        click.option("--office", default="", help=both_helps("office")),
        click.option("--review-number", default="", help=both_helps("review_number")),
        click.option("--internal", is_flag=True, help=both_helps("internal")),
        click.option("--link", default="", help=both_helps("link")),
        click.option("--crs", "data_system", default="wgs84", show_default=True, help=both_helps("data_system")),
        click.option("--word-template", type=_PATH, help=both_helps("word_template")),
    ]

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(added):
            command = option(command)
        return command

    return add


_ONE_PLAN = "html,map,gpkg,csv"
_scenario_option = click.option("--scenario", default="base", show_default=True, help=both_helps("scenario"))


@click.command(help=both_helps("demo"))
@click.option("--out", type=_PATH, default=Path("out/demo"), show_default=True, help=both_helps("out"))
@_scenario_option
@_options(_ONE_PLAN)
def demo(out: Path, scenario: str, formats: str, **about: Any) -> None:  # noqa: D103 - click shows the help above
    _plan_and_report(shipped("data/demo"), out, scenario, formats, about)


@click.command(help=both_helps("plan"))
@click.argument("study", type=_PATH)
@click.option("--out", type=_PATH, help=both_helps("out_of_study"))
@_scenario_option
@_options(_ONE_PLAN)
def plan(study: Path, out: Path | None, scenario: str, formats: str, **about: Any) -> None:  # noqa: D103
    _plan_and_report(study, out or Path("out") / study.resolve().name, scenario, formats, about)


@click.command(help=both_helps("compare"))
@click.argument("study", type=_PATH)
@click.option("--out", type=_PATH, help=both_helps("out_of_comparison"))
@click.option("--scenarios", default="", help=both_helps("scenarios"))
@_options("html,pdf,brief")
def compare(study: Path, out: Path | None, scenarios: str, formats: str, **about: Any) -> None:  # noqa: D103
    from planner.report import COMPARISONS, ReportOptions, check_formats, write_comparison

    names = _parts(scenarios)
    check_formats(_parts(formats), COMPARISONS)
    options = ReportOptions(**_about(about))
    target = out or Path("out") / f"{study.resolve().name}-compared"
    plans = _plans(study, names, least=1 if _parts(formats) == ("brief",) else 2)
    titled = {made.scenario.name.in_language(reader_language()): made for made in plans.values()}
    named = titled if len(titled) == len(plans) else plans
    _write(target, plans.values(), lambda: write_comparison(named, target, formats=_parts(formats), options=options))


def _plan_and_report(folder: Path, out: Path, scenario: str, formats: str, about: dict[str, Any]) -> None:
    from planner.report import FORMATS, ReportOptions, check_formats, write_report

    check_formats(_parts(formats), FORMATS)  # what was mistyped is told before anything is planned
    options = ReportOptions(**_about(about))
    (made,) = _plans(folder, (scenario,)).values()
    _write(out, [made], lambda: write_report(made, out, formats=_parts(formats), options=options))


def _write(out: Path, plans: Iterable[Plan], write: Callable[[], list[Path]]) -> None:
    """Write, then print the plans' figures and the files."""
    with progress_shown() as progress:
        progress.add_task(say("cli.writing", out=out), total=None)
        written = write()
    for made in plans:
        _print_summary(made)
    for path in written:
        click.echo(str(path))


def _plans(folder: Path, names: Sequence[str], *, least: int = 1) -> dict[str, Plan]:
    """The plans of some scenarios of a study, by default of all; as many as can be compared."""
    from planner.intake import load_study
    from planner.plan import make_plan
    from planner.report import check_count

    plans = {}
    with progress_shown() as progress:
        task = progress.add_task(say("cli.reading", study=folder), total=None)
        study = load_study(folder)

        def show(service: str, done: int, of: int) -> None:
            name = study.catalog.services[service].name if service else ""
            progress.update(task, description=say("cli.planning", service=name), completed=done, total=of)

        wanted = {name: _scenario(study.scenarios, name) for name in names or study.scenarios}
        check_count(len(wanted), least=least)
        for name, scenario in wanted.items():
            plans[name] = make_plan(study, scenario, progress=show)
        progress.update(task, description=say("cli.done"), completed=1, total=1)
    return plans


def _about(given: dict[str, Any]) -> dict[str, Any]:
    made_on: datetime.datetime | None = given.pop("made_on")
    return {**given, "made_on": made_on.date() if made_on is not None else None}


def _parts(joined: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in joined.split(",") if part.strip())


def _scenario(scenarios: Mapping[str, Scenario], name: str) -> Scenario:
    if name not in scenarios:
        raise UnknownNameError("unknown_scenario", scenario=name, known=", ".join(scenarios))
    return scenarios[name]


def _print_summary(made: Plan) -> None:
    language = reader_language()
    study, summary = made.study, made.summary()
    table = Table(title=plain(study.name.in_language(language)), title_justify="left")
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
