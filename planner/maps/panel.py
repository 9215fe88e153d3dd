"""The panel beside the map: headline figures, coverage by period, the place of the layer box, the legend."""

from __future__ import annotations

from collections.abc import Container

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from planner.figures import share_text
from planner.maps.marks import APPEAL_LOOKS
from planner.maps.sheet import PARTS
from planner.maps.shown import SERVICE_COLOURS
from planner.maps.wording import Wording
from planner.plan import Plan
from planner.words import Language


def panel_html(plan: Plan, wording: Wording, ground: Container[str]) -> str:
    """The panel as HTML; ``ground`` are the kinds of ground that the map shows."""
    has_unreached = any(len(part.unreached) for part in plan.services.values())
    summary = plan.summary()
    headline = [
        {
            "colour": number % len(SERVICE_COLOURS),
            "service": plan.study.catalog.services[str(service)].name.in_language(wording.language),
            "today": share_text(row["covered_share_today"]),
            "planned": share_text(row["covered_share_planned"]),
            "new": wording.words("new_count", count=row["new_sites"]),
        }
        for number, (service, row) in enumerate(summary.to_dict("index").items())
    ]
    shares = [
        zip(part.today.share_by_period(), part.planned.share_by_period(), strict=True)
        for part in plan.services.values()
    ]
    periods = [
        {"name": wording.period(key), "shares": [(share_text(a), share_text(b)) for a, b in row]}
        for key, row in zip(plan.study.catalog.periods, zip(*shares, strict=True), strict=True)
    ]
    notes = [wording.term("made_up_note")] if plan.study.made_up else []
    has_estimates = any(part.demand.estimated_share > 0 for part in plan.services.values())
    if plan.study.estimated_roles or has_estimates:
        notes.append(wording.words("estimated_here"))
    shown = [
        *(("cell-full", "cell_full"), ("cell-part", "cell_part"), ("cell-none", "cell_none")),
        *([("cell-estimated", "cell_estimated")] if has_estimates else []),
        *(("legend-site", "legend_site"), ("legend-gap", "legend_gap"), ("legend-centre", "layer_centres")),
        *(
            ("legend-boundary", "legend_boundary"),
            ("legend-street", "legend_street"),
            ("legend-path", "legend_path"),
        ),
    ]
    shown += [(f"legend-{k}", f"legend_{k}") for k in ("railway", "water", "green") if k in ground]
    extra = {"restricted": len(plan.study.restricted) > 0, "unreached": has_unreached}
    shown += [(f"legend-{kind}", f"layer_{kind}") for kind, there in extra.items() if there]
    if any(len(part.hot_spots) for part in plan.services.values()):
        shown.append(("legend-hot-spot", "layer_hot_spots"))
    if len(plan.study.appeals):
        shown += [(f"legend-appeal-{look}", f"legend_{look}") for look in APPEAL_LOOKS]
    legend = [(sign, wording.words(key)) for sign, key in shown]
    own = {"no-go": ("no_go", plan.scenario.no_go), "own": ("proposed", plan.scenario.proposed)}
    legend += [(f"legend-{sign}", wording.live(key)) for sign, (key, some) in own.items() if some]
    panel = Environment(loader=FileSystemLoader(PARTS), autoescape=True, undefined=StrictUndefined)
    return panel.get_template("panel.html.jinja").render(
        lang=html_lang(wording.language),
        street=plan.study.name.in_language(wording.language),
        scenario=plan.scenario.name.in_language(wording.language),
        notes=notes,
        headline=headline,
        periods=periods,
        words={key: wording.words(key) for key in ("headline", "by_period", "layers", "legend")},
        legend=legend,
        credit="" if plan.study.made_up else wording.words("credit"),
    )


def html_lang(language: Language) -> str:
    """The language as HTML names it."""
    return "zh-CN" if language == "zh" else "en"
