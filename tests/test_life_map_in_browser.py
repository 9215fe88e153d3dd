"""The riders' map on a phone without a network, as a rider uses it."""

import json
import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser import chromium, needs_chromium
from test_life_map import HOSTILE, data_of, hostile

from planner.hours import read_hours
from planner.report.files.life_map import life_map_page
from planner.report.options import ReportOptions
from planner.stations import stations_of

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [pytest.mark.browser, needs_chromium]

CHINA = timezone(timedelta(hours=8))
WEDNESDAY_AFTERNOON = datetime(2026, 3, 4, 15, 0, tzinfo=CHINA)
ON_THE_SPOT = {"latitude": 36.6605, "longitude": 116.9985}
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as context:
        yield context


@pytest.fixture(scope="module")
def address(demo_plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("riders") / "life_map.html"
    path.write_text(life_map_page(demo_plan, language="zh"), encoding="utf-8", newline="\n")
    return path.as_uri()


@pytest.fixture
def tab(browser):
    """A phone's page that fails the test on a request, a dialog or an error; its clock stands where a test puts it."""
    browser.clear_permissions()
    tab = browser.new_page()
    tab.set_viewport_size(PHONE)
    seen = []

    def look_at(route):
        if not route.request.url.startswith(("file:", "data:", "blob:", "about:")):
            seen.append(f"request {route.request.url}")
            route.abort()
        else:
            route.continue_()

    def refuse(dialog):
        seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    tab.route("**/*", look_at)
    tab.on("pageerror", lambda error: seen.append(f"error {error}"))
    tab.on("console", lambda line: seen.append(f"console {line.text}") if line.type in ("error", "warning") else None)
    tab.on("dialog", refuse)
    yield tab
    tab.evaluate("localStorage.clear()")
    tab.close()
    assert seen == []


def opened(tab, address, moment=WEDNESDAY_AFTERNOON):
    tab.clock.install(time=moment)
    tab.goto(address)
    tab.locator(".card").first.wait_for()
    return tab


def shown(tab, which="#open"):
    """The numbers of the stations in the list, in its order."""
    return tab.locator(f"{which} .card").evaluate_all("cards => cards.map(card => Number(card.dataset.number))")


def state_of(tab, number):
    return tab.locator(f".card[data-number='{number}'] .state").inner_text()


def pin(tab, number):
    """The marker of a station on the map."""
    return tab.locator(".pin", has_text=re.compile(f"^{number}$"))


def metres(one, other):
    """The oracle's straight line: the haversine formula."""
    (lat1, lon1), (lat2, lon2) = np.radians(one), np.radians(other)
    a = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371008.8 * np.arcsin(np.sqrt(a))


HOURS = [
    "08:30-17:30", "00:00-24:00", "22:00-06:00", "09:00-12:00;14:00-18:00", "06:00-10:00;11:00-14:00;20:00-02:00",
    "周一至周五 08:30-12:00,13:00-17:30", "周一至周五 22:00-06:00", "周六 20:00-次日2:00", "周日 22:00-06:00",
    "周一至周五8:00-18:00；周末9:00-12:00", "9:00-17:00（周一闭馆）", "08:00～20:00（周末除外）", "周六、日9:00-17:00",
    "9:00-17:30，午休12:00-14:00", "22:00-06:00（周日休息）", "24小时", "00:00-00:01", "23:59-24:00",
    "周五 8:00-次日8:00", "周一00:00-24:00；周二00:00-24:00；周三8:00-9:00",
    "周日0:00-24:00；周一0:00-24:00；周二0:00-9:00",
]  # fmt: skip


def test_open_now_is_what_the_planner_reads_in_the_hours(tab, address):
    """Every minute of the week of every text, and how long until it changes."""
    opened(tab, address)
    for text in HOURS:
        is_open = read_hours(text).week.ravel()
        edges = np.flatnonzero(np.diff(is_open.astype(np.int8), prepend=0, append=0)).reshape(-1, 2).tolist()
        told = tab.evaluate(  # one text comes over far sooner than 20,000 numbers, each with its type
            """week => JSON.stringify(Array.from({length: hours.WEEK}, (_, minute) =>
                 [hours.isOpen(week, minute) ? 1 : 0, hours.untilChange(week, minute) ?? -1]))""",
            edges,
        )
        told = np.array(json.loads(told))
        assert (told[:, 0] == is_open).all(), text
        if is_open.all():
            assert (told[:, 1] == -1).all()
            continue
        twice = np.concatenate([is_open, is_open])
        changes = np.flatnonzero(twice[1:] != twice[:-1]) + 1
        wanted = [changes[np.searchsorted(changes, minute, side="right")] - minute for minute in range(len(is_open))]
        assert (told[:, 1] == wanted).all(), text


def test_days_told_are_the_minutes_of_the_week(tab, address):
    """The spans by day, put together again, are the week that they were made of."""
    opened(tab, address)
    for text in HOURS:
        is_open = read_hours(text).week.ravel()
        edges = np.flatnonzero(np.diff(is_open.astype(np.int8), prepend=0, append=0)).reshape(-1, 2).tolist()
        again = np.zeros(len(is_open), dtype=bool)
        for day, spans in enumerate(tab.evaluate("week => hours.byDay(week)", edges)):
            for start, end in spans:
                assert start < 1440
                assert end - start <= 1440
                again[(day * 1440 + np.arange(start, end)) % len(again)] = True
        assert (again == is_open).all(), text


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/Berlin"])
def test_the_week_is_chinas_whatever_the_phones_zone(tab, address, zone):
    tab.context.new_cdp_session(tab).send("Emulation.setTimezoneOverride", {"timezoneId": zone})
    tab.goto(address)
    assert tab.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == zone
    moments = [datetime(2026, 3, 25, 0, 30, tzinfo=UTC) + timedelta(hours=7 * i) for i in range(40)]
    told = tab.evaluate("times => times.map(hours.minuteOfWeek)", [moment.timestamp() * 1000 for moment in moments])
    there = [moment.astimezone(CHINA) for moment in moments]
    assert told == [moment.weekday() * 1440 + moment.hour * 60 + moment.minute for moment in there]


@pytest.mark.parametrize(
    ("clock", "text"),
    [
        ("04 07:29", "未开放 · 08:30 开门"),
        ("04 07:30", "未开放 · 60 分钟后开门"),
        ("04 08:30", "开放中 · 至 17:30"),
        ("04 16:30", "开放中 · 60 分钟后关门"),
        ("04 17:29", "开放中 · 1 分钟后关门"),
        ("04 17:30", "未开放 · 明天 08:30 开门"),
    ],
)
def test_a_station_says_when_it_opens_and_shuts(tab, address, clock, text):
    moment = datetime.strptime(f"2026-03-{clock}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
    opened(tab, address, moment)
    assert state_of(tab, 1) == text  # 08:30-17:30
    assert state_of(tab, 9) == "全天开放"
    assert tab.locator("#now").inner_text() == f"北京时间 周三 {clock[3:]}"


def test_time_goes_on_by_itself(tab, address):
    opened(tab, address, datetime(2026, 3, 4, 17, 28, 30, tzinfo=CHINA))
    assert state_of(tab, 1) == "开放中 · 2 分钟后关门"
    pin = tab.locator(".pin").first
    assert pin.get_attribute("data-state") == "ending"
    tab.clock.run_for(60_000)
    assert state_of(tab, 1) == "开放中 · 1 分钟后关门"
    tab.clock.run_for(60_000)
    assert state_of(tab, 1) == "未开放 · 明天 08:30 开门"
    assert pin.get_attribute("data-state") == "shut"


def test_hours_of_some_days_are_told_by_day_and_as_written(tab, demo_plan, tmp_path):
    written = [
        "周一至周五 08:30-12:00,13:00-17:30",
        "周六 20:00-次日2:00",
        "22:00-06:00",
        "9:00-17:00（周一闭馆）",
        "08:00-24:00",
    ]
    centres = demo_plan.study.centres.iloc[: len(written)].assign(open_hours=written)
    plan = replace(demo_plan, study=replace(demo_plan.study, centres=centres))
    path = tmp_path / "life_map.html"
    path.write_text(life_map_page(plan, language="zh"), encoding="utf-8", newline="\n")
    opened(tab, path.as_uri(), datetime(2026, 3, 8, 1, 0, tzinfo=CHINA))  # a Sunday, one at night

    def told(number):
        tab.locator(f"[data-number='{number}'] h3 button").click()
        return tab.locator(f"[data-number='{number}'] dd bdi").all_inner_texts()

    assert [state_of(tab, n) for n in range(1, 6)] == [
        "未开放 · 明天 08:30 开门",
        "开放中 · 60 分钟后关门",
        "开放中 · 至 06:00",
        "未开放 · 09:00 开门",
        "未开放 · 08:00 开门",
    ]
    assert told(1)[:3] == ["周一至周五 08:30–12:00，13:00–17:30", "周六、周日 不开放", f"原文：{written[0]}"]
    assert told(2)[:2] == ["周一至周五、周日 不开放", "周六 20:00–次日 02:00"]
    assert told(3)[0] == "每天 22:00–次日 06:00"
    assert told(4)[:2] == ["周一 不开放", "周二至周日 09:00–17:00"]
    assert told(5)[0] == "每天 08:00–24:00"


def test_the_nearest_open_station_is_found_by_gps(tab, browser, address, demo_plan):
    browser.grant_permissions(["geolocation"])
    browser.set_geolocation(ON_THE_SPOT)
    moment = datetime(2026, 3, 4, 23, 10, tzinfo=CHINA)
    opened(tab, address, moment)
    tab.locator("#nearest").click()
    tab.locator("#told", has_text="最近的开放站点").wait_for()
    here = (ON_THE_SPOT["latitude"], ON_THE_SPOT["longitude"])
    minute = moment.weekday() * 1440 + moment.hour * 60 + moment.minute
    degrees = demo_plan.study.centres.geometry.to_crs(4326)
    open_now = {
        number: metres(here, (spot.y, spot.x))
        for number, (hours, spot) in enumerate(
            zip(demo_plan.study.centres["open_hours"], degrees, strict=True), start=1
        )
        if read_hours(hours).week.ravel()[minute]
    }
    assert shown(tab) == sorted(open_now, key=open_now.get)
    first = min(open_now, key=open_now.get)
    assert f"{first} 号" in tab.locator("#told").inner_text()
    assert f"直线 {round(open_now[first] / 10) * 10} 米" in tab.locator(f"[data-number='{first}'] .away").inner_text()
    assert tab.locator(f"[data-number='{first}'] h3 button").get_attribute("aria-expanded") == "true"
    assert tab.locator(".pin.chosen").inner_text() == str(first)
    assert tab.locator(".here").count() == 1
    tab.locator("#needs [data-key=toilet]").click()  # what was said of the nearest follows the wishes
    assert "9 号" in tab.locator("#told").inner_text()
    tab.locator("#needs [data-key=toilet]").click()
    assert "分钟" not in tab.locator(".away").first.inner_text()  # no walking time is pretended
    assert tab.evaluate("Object.keys(localStorage).filter(key => key.endsWith('here'))") == []


def test_without_gps_a_tap_says_where_one_is_and_is_remembered(tab, address):
    opened(tab, address)
    tab.locator("#nearest").click()
    tab.locator("#picking").wait_for()
    assert "点一下" in tab.locator("#told").inner_text()
    box = pin(tab, 9).bounding_box()  # open day and night; its pin must not take the tap for itself
    tab.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert tab.locator("#picking").is_hidden()
    assert shown(tab)[0] == 9
    assert tab.locator("[data-number='9'] .away").inner_text() in ("直线 10 米", "直线 20 米")
    assert "最近的开放站点：9 号" in tab.locator("#told").inner_text()
    tab.reload()
    tab.locator(".here").wait_for()
    assert "上次点的位置" in tab.locator("#told").inner_text()
    assert shown(tab)[0] == 9
    assert tab.locator("#needs [data-key=open_now]").get_attribute("aria-pressed") == "false"


def test_the_keyboard_can_say_where_one_is(tab, address):
    opened(tab, address)
    tab.locator("#pick").focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#picking").is_visible()
    tab.keyboard.press("Escape")
    assert tab.locator("#picking").is_hidden()
    assert tab.locator(".here").count() == 0
    tab.keyboard.press("Enter")
    tab.locator("#pick-middle").focus()
    tab.keyboard.press("Enter")
    assert tab.locator(".here").count() == 1
    assert tab.locator("#told").inner_text() == "已按您点的位置排序。"


def test_a_position_far_away_is_said_to_be_far(tab, browser, address):
    browser.grant_permissions(["geolocation"])
    browser.set_geolocation({"latitude": 31.23, "longitude": 121.47})
    opened(tab, address)
    tab.locator("#nearest").click()
    tab.locator(".card.unfolded").wait_for()
    away = tab.locator(".card.unfolded .away").inner_text()
    assert 600 < float(re.search(r"[\d.]+", away)[0]) < 800
    assert away.endswith("公里")


def test_filters_are_joined_by_and(tab, address, demo_plan):
    opened(tab, address)
    stations = [station for station in stations_of(demo_plan) if station.state == "open"]
    random.seed(7)
    offered = {key for station in stations_of(demo_plan) for key in station.offers}
    facilities = [key for key in demo_plan.study.catalog.facilities if key in offered]  # the page asks for no other
    for wanted in [["toilet"], ["toilet", "battery_swap"], *(random.sample(facilities, 2) for _ in range(6))]:
        for key in wanted:
            tab.locator(f"#needs [data-key={key}]").click()
        assert set(shown(tab)) == {s.number for s in stations if set(wanted) <= set(s.offers)}
        assert tab.locator("#none").is_visible() == (not shown(tab))
        for key in wanted:
            tab.locator(f"#needs [data-key={key}]").click()
    tab.locator("#services [data-key=sorting_point]").click()
    tab.locator("#needs [data-key=toilet]").click()
    both = {s.number for s in stations if "sorting_point" in s.services and "toilet" in s.offers}
    assert set(shown(tab)) == both
    pins = tab.locator(".pin:visible").all_inner_texts()
    assert both <= {int(pin) for pin in pins}
    assert tab.locator("#count").inner_text().startswith(f"符合条件 {len(both)} 处")
    for key in facilities:
        tab.evaluate(f"document.querySelector('#needs [data-key={key}][aria-pressed=false]')?.click()")
    tab.locator("#clear").click()
    assert len(shown(tab)) == len(stations)


def test_planned_stations_are_apart_and_never_open(tab, address, demo_plan):
    opened(tab, address)
    planned = [station.number for station in stations_of(demo_plan) if station.state == "planned"]
    assert not set(shown(tab)) & set(planned)
    assert tab.locator("#planned").is_hidden()
    tab.locator("#planned-box summary").click()
    tab.locator("#planned .card").first.wait_for()  # the list is made once the box is open
    assert shown(tab, "#planned") == planned
    states = set(tab.locator("#planned .state").all_inner_texts())
    assert states == {"尚未开放"}
    tab.locator(f"[data-number='{planned[0]}'] h3 button").click()
    more = tab.locator(f"[data-number='{planned[0]}'] .more")
    assert "按服务标准推定" in more.inner_text()
    assert more.locator(".copy").count() == 0
    assert tab.locator(".pin[data-state=planned]:visible").count() == len(planned)
    tab.locator("#needs [data-key=open_now]").click()
    assert tab.locator("#planned-box").is_hidden()
    assert tab.locator(".pin[data-state=planned]:visible").count() == 0


def test_facilities_that_nobody_stated_are_marked(tab, address, demo_plan):
    opened(tab, address)
    for station in stations_of(demo_plan)[:6]:
        card = tab.locator(f"[data-number='{station.number}']")
        card.locator("h3 button").click()
        assert card.locator(".assumed").count() == (0 if station.offers_stated else 1)
        names = [demo_plan.study.catalog.facilities[key].name.zh for key in station.offers]
        assert card.locator(".pills li").all_inner_texts() == names


def test_list_and_map_are_linked(tab, address):
    opened(tab, address)
    card = tab.locator("[data-number='20']")
    card.locator("h3 button").click()
    assert tab.locator(".pin.chosen").inner_text() == "20"
    card.locator(".show").click()
    tab.wait_for_function(
        """() => { const pin = document.querySelector(".pin.chosen").getBoundingClientRect();
                   const map = document.getElementById("map").getBoundingClientRect();
                   const off = [pin.x + 22 - map.x - map.width / 2, pin.y + 22 - map.y - map.height / 2];
                   return off.every(pixels => Math.abs(pixels) < 3); }"""
    )
    tab.locator(".street-name").first.wait_for(state="attached")
    assert tab.locator(".street-name").count() > 10
    tab.reload()
    pin(tab, 19).click()
    assert tab.locator(".card.unfolded").get_attribute("data-number") == "19"
    assert tab.evaluate("document.activeElement.closest('.card').dataset.number") == "19"
    box, ground = tab.locator(".card.unfolded h3").bounding_box(), tab.locator("#map").bounding_box()
    assert box["y"] >= ground["y"] + ground["height"] - 1
    assert box["y"] + box["height"] <= PHONE["height"]


def test_positions_can_be_copied_for_amap_and_gps(tab, browser, address, demo_plan):
    browser.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(tab, address)
    station = data_of(life_map_page(demo_plan, language="zh"))["stations"][2]
    card = tab.locator("[data-number='3']")
    card.locator("h3 button").click()
    for label, text in (("复制高德坐标", "amap"), ("复制 GPS 坐标", "gps"), ("复制地址", "address")):
        button = card.locator(".copy", has_text=label)
        button.click()
        card.locator(".copy", has_text="已复制").wait_for()
        assert tab.evaluate("navigator.clipboard.readText()") == station[text]
        tab.clock.run_for(3000)
    assert {station["amap"], station["gps"]} <= set(card.locator(".at b").all_inner_texts())


def test_without_a_clipboard_the_page_copies_in_the_old_way(tab, address):
    tab.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    tab.add_init_script(
        "document.execCommand = what => { window.copied = [what, String(getSelection())]; return true; }"
    )
    opened(tab, address)
    card = tab.locator("[data-number='3']")
    card.locator("h3 button").click()
    card.locator(".copy", has_text="复制地址").click()
    card.locator(".copy", has_text="已复制").wait_for()
    assert tab.evaluate("window.copied[0]") == "copy"
    assert tab.locator("textarea").count() == 0


def test_the_page_speaks_both_languages_and_remembers_which(tab, address):
    opened(tab, address)
    assert tab.locator("h1").inner_text() == "骑手生活地图"
    tab.locator("#language").click()
    assert tab.locator("h1").inner_text() == "Riders' map"
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert state_of(tab, 1) == "Open · until 17:30"
    assert not re.search(r"[\u4e00-\u9fff]", tab.locator(".wishes").inner_text())
    assert not re.search(r"[\u4e00-\u9fff]", tab.locator("footer").inner_text())
    tab.reload()
    assert tab.locator("h1").inner_text() == "Riders' map"
    tab.locator("#language").click()
    assert tab.evaluate("document.documentElement.lang") == "zh-CN"
    assert state_of(tab, 1) == "开放中 · 至 17:30"


@pytest.mark.parametrize("size", [PHONE, {"width": 360, "height": 640}, {"width": 844, "height": 390}, DESK])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_fits_and_can_be_touched(tab, demo_plan, tmp_path, size, language):
    path = tmp_path / "life_map.html"
    path.write_text(life_map_page(demo_plan, language=language), encoding="utf-8", newline="\n")
    tab.set_viewport_size(size)
    opened(tab, path.as_uri())
    tab.locator("[data-number='6'] h3 button").click()
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    small = tab.evaluate(
        """() => [...document.querySelectorAll("button, summary, .leaflet-bar a, .pin")]
             .filter(one => one.offsetParent)
             .map(one => [one.textContent, one.getBoundingClientRect()])
             .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
             .map(([text, box]) => [text, box.width, box.height])"""
    )
    if size["width"] < 900:
        assert small == []
    else:  # a mouse is finer than a finger
        assert all(height >= 29.5 for _, _, height in small)
    box = tab.locator("#map").bounding_box()
    assert box["width"] * box["height"] > 0.2 * size["width"] * size["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(tab, address, scheme):
    """WCAG AA, 4.5 to 1, for every text beside the map."""
    tab.emulate_media(color_scheme=scheme)
    opened(tab, address, datetime(2026, 3, 4, 17, 10, tzinfo=CHINA))
    tab.locator("[data-number='5'] h3 button").click()
    tab.locator("#planned-box summary").click()
    tab.locator("#needs [data-key=open_now]").click()
    tab.locator("#needs [data-key=open_now]").click()
    faint = tab.evaluate(
        """() => {
             const parse = colour => colour.match(/[\\d.]+/g).map(Number);
             const ground = one => {
               for (let at = one; at; at = at.parentElement) {
                 const colour = parse(getComputedStyle(at).backgroundColor);
                 if (colour.length < 4 || colour[3] > 0.99) { return colour; }
               }
               return [255, 255, 255];
             };
             const linear = part => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
             const light = ([r, g, b]) =>
               0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
             const found = [];
             for (const one of document.querySelectorAll("body *")) {
               const says = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
               if (!says || !one.offsetParent || one.closest(".leaflet-pane, .leaflet-control-scale")) { continue; }
               const both = [light(parse(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
               const ratio = (both[0] + 0.05) / (both[1] + 0.05);
               if (ratio < 4.5) { found.push([one.className, one.textContent.slice(0, 30), ratio]); }
             }
             return found; }"""
    )
    assert faint == []


def test_readers_of_screens_find_names_and_states(tab, address):
    opened(tab, address)
    button = tab.get_by_role("button", name=re.compile("西苑社区党群服务中心暖蜂驿站"))
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert tab.locator(f"#{button.get_attribute('aria-controls')}").is_visible()
    assert tab.get_by_role("button", name="放大").count() == 1
    assert tab.get_by_role("group", name="筛选").count() == 1
    assert tab.locator("[role=status]").count() == 2
    assert tab.locator("main h2").all_inner_texts() != []
    unnamed = tab.evaluate("[...document.querySelectorAll('button')].filter(b => !b.textContent.trim()).length")
    assert unnamed == 0


def test_it_prints_as_a_plain_list(tab, address):
    opened(tab, address)
    tab.emulate_media(media="print")
    assert tab.locator("#map").is_hidden()
    assert tab.locator(".wishes").is_hidden()
    assert tab.locator("#open .more").first.is_visible()
    assert tab.locator("#open .state").first.is_hidden()
    assert tab.pdf(format="A4").startswith(b"%PDF")


def test_names_from_files_are_text(tab, demo_plan, tmp_path):
    path = tmp_path / "life_map.html"
    options = ReportOptions(office=HOSTILE[0], review_number=HOSTILE[1])
    path.write_text(life_map_page(hostile(demo_plan), language="zh", options=options), encoding="utf-8", newline="\n")
    opened(tab, path.as_uri())
    scripts = tab.locator("script").count()
    everything = "".join(HOSTILE[:9])
    assert tab.locator("#street").text_content() == everything
    assert tab.title().endswith(re.sub(r"\s+", " ", everything).strip())
    for number in range(1, len(HOSTILE) + 1):
        card = tab.locator(f"[data-number='{number}']")
        assert card.locator(".name").text_content() == HOSTILE[number - 1]
        card.locator("h3 button").click()
        assert card.locator(".more").is_visible()
    tab.locator(".card.unfolded .show").click()
    tab.locator(".street-name").first.wait_for(state="attached")
    assert everything in tab.locator(".street-name").all_text_contents()
    assert tab.locator("#made-by").text_content() == f"{HOSTILE[0]} 发布"
    assert tab.locator("#review").text_content() == f"审图号：{HOSTILE[1]}"
    assert tab.locator("script").count() == scripts
    assert tab.locator("img").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tab.locator("#language").click()
    assert tab.locator("[data-number='1'] .name").text_content() == HOSTILE[0]


def test_a_script_that_got_in_would_not_run(browser, demo_plan, tmp_path):
    """The page's policy itself: markup that slipped through would be dead."""
    told = life_map_page(demo_plan, language="zh")
    slipped = told.replace("<main>", '<main><script>window.ran = 1</script><img src="x" onerror="window.ran = 2">', 1)
    path = tmp_path / "life_map.html"
    path.write_text(slipped, encoding="utf-8", newline="\n")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.locator(".card").first.wait_for()
    assert page.locator("main > script").count() == 1
    assert page.evaluate("window.ran") is None
    page.close()


def test_the_map_shows_ground_beneath_the_pins(tab, address):
    opened(tab, address)
    drawn = tab.evaluate(
        """() => { const canvas = document.querySelector(".leaflet-ground-pane canvas");
             const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
             return data.filter((value, i) => i % 4 === 3 && value > 0).length / (data.length / 4); }"""
    )
    assert drawn > 0.05
    assert tab.locator(".pin").count() == json.loads(tab.locator("#data").text_content())["stations"][-1]["number"]


def test_a_long_list_comes_in_portions_and_many_pins_as_dots(tab, demo_plan, tmp_path):
    centres = demo_plan.study.centres
    many = pd.concat([centres] * 6, ignore_index=True).assign(centre_id=[f"S{i}" for i in range(6 * len(centres))])
    study = replace(demo_plan.study, centres=gpd.GeoDataFrame(many, crs=centres.crs))
    path = tmp_path / "life_map.html"
    path.write_text(life_map_page(replace(demo_plan, study=study), language="zh"), encoding="utf-8", newline="\n")
    opened(tab, path.as_uri())
    assert len(shown(tab)) == 50
    assert tab.locator("#count").inner_text().startswith(f"符合条件 {len(many)} 处")
    tab.locator("#more").click()
    assert len(shown(tab)) == 100
    tab.locator("#needs [data-key=toilet]").click()
    fitting = 6 * sum("toilet" in (offers or ()) for offers in centres["offers"])
    assert len(shown(tab)) == min(50, fitting)
    assert "crowded" not in tab.locator("#map").get_attribute("class") or fitting > 60
    tab.locator("#clear").evaluate("button => button.click()")
    assert "crowded" in tab.locator("#map").get_attribute("class")
    last = len(many)
    assert last not in shown(tab)
    tab.locator(f".pin[title^='{last} 号站点']").dispatch_event("click")
    assert last in shown(tab)  # what is chosen on the map is in the list, however far down
    tab.emulate_media(media="print")
    tab.wait_for_function("count => document.querySelectorAll('#open .card').length === count", arg=len(many))
