// The page: what the rider asks for, the list and the map that answer it, and the clock.

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = wording(data);
  const byId = id => document.getElementById(id);
  const wish = {openNow: false, needs: new Set(), services: new Set()};
  const KEPT = `life_map ${data.street.zh}`;
  let here = null; // {at, from: "gps" | "tap" | "kept"}
  let chosen = null; // the number of the station that is unfolded
  let told = null; // what was last told of the position: a function, so that it follows the language
  let cards = new Map(); // those that were needed so far
  const PORTION = 50; // a long list is shown in portions
  let portion = PORTION;
  let isPrinted = false;

  const map = groundMap(byId("map"), data, {
    onStation: station => choose(station.number, {fromMap: true}),
    onPick: at => placeAt(at, "tap"),
  });

  /** Some browsers keep nothing for a page from a file. */
  function kept(key, value) {
    try {
      if (value !== undefined) { localStorage.setItem(`${KEPT} ${key}`, JSON.stringify(value)); }
      return JSON.parse(localStorage.getItem(`${KEPT} ${key}`));
    } catch { return null; }
  }

  const minuteNow = () => hours.minuteOfWeek(Date.now());
  const metresTo = station => (here ? places.distance(here.at, station.at) : null);
  const isOpenNow = (station, minute) => !station.planned && hours.isOpen(station.week, minute);
  const fits = station =>
    [...wish.needs].every(key => station.offers.includes(key))
    && [...wish.services].every(key => station.services.includes(key));

  /** The stations that fit, open ones first, nearer ones before others. */
  function sorted(stations, minute) {
    const order = station => [isOpenNow(station, minute) ? 0 : 1, metresTo(station) ?? 0, station.number];
    return stations.map(station => ({station, key: order(station)}))
      .sort((one, other) => one.key.map((k, i) => k - other.key[i]).find(Boolean) || 0)
      .map(({station}) => station);
  }

  /** Brings list and map up to date with the wishes, the clock and the position. */
  function update() {
    const minute = minuteNow();
    const found = data.stations.filter(fits);
    const open = sorted(found.filter(one => !one.planned && (!wish.openNow || isOpenNow(one, minute))), minute);
    const planned = sorted(found.filter(one => one.planned), minute);
    const isShown = new Set([...open, ...(wish.openNow ? [] : planned)]);
    const shown = Math.max(portion, open.findIndex(({number}) => number === chosen) + 1);
    place(byId("open"), isPrinted ? open : open.slice(0, shown), minute);
    place(byId("planned"), byId("planned-box").open ? planned : [], minute);
    byId("more").hidden = open.length <= shown;
    byId("planned-box").hidden = !planned.length || wish.openNow;
    byId("planned-count").textContent = words.say("planned_count", {count: planned.length});
    byId("none").hidden = open.length > 0;
    const nowOpen = open.filter(one => isOpenNow(one, minute)).length;
    write(byId("count"), words.say("count", {count: open.length, open: nowOpen}));
    const day = Math.floor(minute / hours.DAY);
    byId("now").textContent = words.say("now", {day: words.dayName(day), time: hours.clock(minute % hours.DAY)});
    write(byId("told"), told ? told() : "");
    map.update(station => {
      const {kind, text} = words.state(station, minute);
      return {kind, label: `${words.say("station", station)} · ${text}`, isShown: isShown.has(station)};
    }, chosen);
    map.showHere(here && here.at);
  }

  /** Puts the cards of these stations into a list in their order, without moving any that stands right. */
  function place(list, stations, minute) {
    const wanted = stations.map(station => {
      const {element, update: tell} = cardOf(station);
      const isOpen = station.number === chosen;
      tell({state: words.state(station, minute), metres: metresTo(station), isOpen, isPrinted});
      return element;
    });
    const keep = new Set(wanted);
    [...list.children].forEach(child => { if (!keep.has(child)) { child.remove(); } });
    wanted.forEach((element, i) => {
      if (list.children[i] !== element) { list.insertBefore(element, list.children[i] || null); }
    });
  }

  function cardOf(station) {
    if (!cards.has(station.number)) {
      cards.set(station.number, card(station, data, words, {
        onToggle: ({number}) => choose(number === chosen ? null : number),
        onShow: ({at, number}) => {
          choose(number);
          map.show(at, true);
          byId("map").scrollIntoView({block: "nearest"});
        },
      }));
    }
    return cards.get(station.number);
  }

  /** A text that is read aloud is only touched when it changes. */
  function write(element, text) {
    if (element.textContent !== text) { element.textContent = text; }
  }

  function choose(number, {fromMap = false} = {}) {
    chosen = number;
    const station = data.stations.find(one => one.number === number);
    if (station && station.planned) { byId("planned-box").open = true; }
    update();
    if (station && !fromMap) { map.reveal(station.at); }
    if (station && fromMap) {
      const element = cards.get(number).element;
      element.scrollIntoView({block: "start", behavior: "auto"});
      element.querySelector("button").focus({preventScroll: true});
    }
  }

  function placeAt(at, from) {
    here = {at, from};
    pick(false);
    if (from === "tap") { kept("here", at); }
    const nearest = Math.min(...data.stations.filter(one => !one.planned).map(metresTo));
    const isFar = from === "gps" && Number.isFinite(nearest) && !map.near(at);
    const key = {gps: "located", tap: "picked", kept: "remembered"}[from];
    told = isFar
      ? () => words.say("located_far", {distance: (nearest / 1000).toFixed(1)})
      : () => words.say(key);
    if (wish.nearest) { tellNearest(); }
    update();
  }

  function nearestOpen() {
    const minute = minuteNow();
    return sorted(data.stations.filter(one => fits(one) && isOpenNow(one, minute)), minute)[0];
  }

  /** The nearest station that is open now and fits, on the map, unfolded and in words. */
  function tellNearest() {
    wish.nearest = false;
    wish.openNow = true;
    showWishes();
    portion = PORTION;
    told = () => { // anew each time: wishes change, and stations shut
      const first = nearestOpen();
      if (!first) { return words.say("nearest_none"); }
      const {number, name} = first;
      return words.say("nearest_is", {number, name, distance: words.length(metresTo(first))});
    };
    const first = nearestOpen();
    if (!first) { return; }
    chosen = first.number;
    if (map.near(here.at)) { map.showBoth(here.at, first.at); } else { map.show(first.at, true); }
  }

  /** Asks the phone where it is; where it does not say, the rider points at the map. */
  function locate() {
    const ask = () => {
      told = () => words.say("no_position");
      pick(true);
      update();
    };
    if (!navigator.geolocation) { ask(); return; }
    told = () => words.say("locating");
    update();
    navigator.geolocation.getCurrentPosition(
      ({coords}) => placeAt([coords.latitude, coords.longitude], "gps"),
      ask,
      {enableHighAccuracy: true, timeout: 10000, maximumAge: 30000},
    );
  }

  function pick(on) {
    map.pick(on);
    byId("picking").hidden = !on;
    byId("pick").setAttribute("aria-pressed", String(on));
    if (on) { byId("map").scrollIntoView({block: "nearest", behavior: "auto"}); }
  }

  function chip(key, text, isOn, toggle) {
    const button = made("button", {type: "button", name: "chip", text, "data-key": key, "aria-pressed": String(isOn())});
    button.addEventListener("click", () => {
      toggle();
      portion = PORTION;
      showWishes();
      update();
    });
    return {button, isOn};
  }

  let chips = [];
  function showWishes() {
    chips.forEach(({button, isOn}) => button.setAttribute("aria-pressed", String(isOn())));
  }

  function toggleIn(set, key) {
    if (!set.delete(key)) { set.add(key); }
  }

  /** Everything that is said, in the language of the page. */
  function showTexts() {
    document.documentElement.lang = words.language === "zh" ? "zh-CN" : "en";
    document.title = `${words.say("title")} – ${words.both(data.street)}`;
    document.querySelectorAll("[data-say]").forEach(element => { element.textContent = words.say(element.dataset.say); });
    byId("street").textContent = words.both(data.street);
    byId("language").textContent = words.say("other_language");
    byId("language").lang = words.language === "zh" ? "en" : "zh-CN";
    byId("made-up").hidden = !data.madeUp;
    byId("internal").hidden = !data.internal;
    byId("credit").hidden = data.madeUp;
    const from = [data.office && words.say("made_by", {office: data.office}), data.madeOn && words.say("made_on", {date: data.madeOn})];
    byId("made-by").textContent = from.filter(Boolean).join(" · ");
    byId("review").textContent = data.reviewNumber ? words.say("review", {number: data.reviewNumber}) : words.say("review_blank");
    map.name({zoomIn: words.say("zoom_in"), zoomOut: words.say("zoom_out")});
    const needs = [chip("open_now", words.say("open_now"), () => wish.openNow, () => { wish.openNow = !wish.openNow; })];
    for (const key of Object.keys(data.facilities)) {
      needs.push(chip(key, words.both(data.facilities[key]), () => wish.needs.has(key), () => toggleIn(wish.needs, key)));
    }
    const services = Object.keys(data.services).map(key =>
      chip(key, words.both(data.services[key]), () => wish.services.has(key), () => toggleIn(wish.services, key)));
    byId("needs").replaceChildren(...needs.map(({button}) => button));
    byId("services").replaceChildren(...services.map(({button}) => button));
    chips = [...needs, ...services];
    cards = new Map();
    byId("open").replaceChildren();
    byId("planned").replaceChildren();
    update();
  }

  byId("language").addEventListener("click", () => {
    words.language = words.language === "zh" ? "en" : "zh";
    kept("language", words.language);
    showTexts();
  });
  byId("nearest").addEventListener("click", () => {
    wish.nearest = true;
    if (here && here.from === "tap") { placeAt(here.at, "tap"); } else { locate(); }
  });
  byId("pick").addEventListener("click", () => pick(byId("picking").hidden));
  byId("pick-middle").addEventListener("click", () => placeAt(map.middle(), "tap"));
  byId("pick-stop").addEventListener("click", () => {
    wish.nearest = false;
    told = null;
    pick(false);
    update();
  });
  addEventListener("keydown", ({key}) => { if (key === "Escape" && !byId("picking").hidden) { byId("pick-stop").click(); } });
  byId("clear").addEventListener("click", () => {
    wish.openNow = false;
    wish.needs.clear();
    wish.services.clear();
    showWishes();
    update();
  });

  byId("more").addEventListener("click", () => {
    portion += PORTION;
    update();
  });
  byId("planned-box").addEventListener("toggle", update);
  matchMedia("print").addEventListener("change", ({matches}) => {
    isPrinted = matches;
    update();
  });

  if (["zh", "en"].includes(kept("language"))) { words.language = kept("language"); }
  showTexts();
  const before = kept("here");
  if (Array.isArray(before) && before.length === 2 && before.every(Number.isFinite) && map.near(before)) {
    placeAt(before, "kept");
  }
  setInterval(update, 20000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { update(); } });
  addEventListener("resize", map.resize);
  new ResizeObserver(map.resize).observe(byId("map"));
})();
