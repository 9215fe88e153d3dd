// One map on the page: what a run of the program sends is shown, what a reader does is told.

import {L} from "./leaflet.js";
import {STYLE} from "./live_map.css.js";
import {AreaTool} from "./area_tool.js";
import {CanvasLayer} from "./canvas_layer.js";
import {decodeShapes, unproject, project} from "./decode.js";
import {CHOOSABLE, hitAt, markAt, marksIn} from "./hits.js";
import {drawHalo, radiusOf} from "./marks.js";
import {insideOf, outlineOf, paint, styleOf} from "./painting.js";
import {Panel} from "./panel.js";
import {bodyOf, nextNumber, saveViews, viewOf} from "./store.js";
import {linesOf, Tooltip} from "./tooltip.js";

const POINTER_REACH_PX = 4, FINGER_REACH_PX = 14, NARROW_PX = 640, ROOM_FOR_PANEL_PX = 270;

export class LiveMap {
  constructor(parent, tell) {
    this.tell = tell;
    this.layers = [];
    this.root = element("div", "live-map", parent);
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.root.before(style);
    this.style = style;
    this.ground = element("div", "live-map-ground", this.root);
    this.map = this.#leaflet();
    this.base = new CanvasLayer((ctx, view) => this.#paintBase(ctx, view), "overlayPane").addTo(this.map);
    this.top = new CanvasLayer((ctx, view) => this.#paintTop(ctx, view), "markerPane").addTo(this.map);
    this.area = new AreaTool({changed: () => this.#areaChanged(), done: ring => this.#areaDone(ring)});
    this.panel = new Panel(this.root, {
      onSwitch: (name, isOn) => this.#switch(name, isOn), onFold: isOpen => this.#fold(isOpen),
    });
    this.bar = new ToolBar(this.root, this.area);
    this.tip = new Tooltip(this.root);
    this.spoken = element("div", "live-map-spoken", this.root);
    this.spoken.setAttribute("aria-live", "polite");
    this.cross = element("div", "live-map-cross", this.root);
    this.credit = element("div", "live-map-credit", this.root);
    this.north = element("div", "live-map-north", this.root);
    this.buttons = this.#zoomButtons();
    this.#listen();
    this.sizes = new ResizeObserver(() => this.#resized());
    this.sizes.observe(this.root);
  }

  /** Show what a message says; every body that it names is at hand. */
  show(header) {
    const frame = bodyOf(header.frame).content;
    this.header = header;
    this.words = frame.words;
    this.layers = frame.layers.map((layer, i) => ({...layer, ...partsOf(header.layers[i])}))
      .sort((a, b) => a.level - b.level);
    this.root.style.height = `${header.height_px}px`;
    this.root.lang = frame.lang;
    this.root.dataset.mode = header.mode;
    this.marked = header.marked;
    if (header.mode !== "area" && this.area.corners.length) { this.area.cancel(); }
    this.#showStreet(header.street);
    this.panel.show(frame, header.frame, this.layers, name => this.#isOn(name), this.#isPanelOpen());
    this.bar.show(frame.words, header.mode);
    this.#showWords(frame.words);
    this.#redraw();
  }

  remove() {
    this.sizes.disconnect();
    this.map.remove();
    this.root.remove();
    this.style.remove();
  }

  #leaflet() {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(this.ground, {
      zoomControl: false, attributionControl: false, doubleClickZoom: false, scrollWheelZoom: false, zoomSnap: 0.25,
      wheelPxPerZoomLevel: 100, minZoom: 10, maxZoom: 20, zoomAnimation: !isCalm, fadeAnimation: false,
      center: [35, 105], zoom: 10,
    });
    L.control.scale({imperial: false, position: "bottomleft"}).addTo(map);
    return map;
  }

  // What is seen.

  #showStreet(street) {
    if (this.street === street) { return; }
    this.street = street;
    this.view = viewOf(street);
    this.#resized();
    if (this.view.center) {
      this.#quietly(() => this.map.setView(this.view.center, this.view.zoom, {animate: false}));
    } else {
      this.#showWhole();
    }
  }

  /** The boundary, else all that there is, beside the panel. */
  #showWhole() {
    const size = this.map.getSize();
    if (size.x < 50 || size.y < 50 || !this.layers.length) { return; }
    const {shapes} = this.layers.find(layer => layer.name === "boundary") ?? this.layers[0];
    const [x0, y0, x1, y1] = shapes.index.frame;
    const corner = (x, y) => unproject(x + shapes.left, y + shapes.top).reverse();
    const beside = size.x > NARROW_PX && this.#isPanelOpen() ? ROOM_FOR_PANEL_PX : 10;
    this.#quietly(() => this.map.fitBounds([corner(x0, y1), corner(x1, y0)], {
      animate: false, paddingTopLeft: [10, 10], paddingBottomRight: [beside, 34],
    }));
    this.view.center = undefined;
  }

  #resized() {
    this.#quietly(() => this.map.invalidateSize({animate: false}));
    if (this.view && !this.view.center) { this.#showWhole(); }
    this.#redraw();
  }

  /** Move the map without taking that for a reader's wish. */
  #quietly(move) {
    this.isQuiet = true;
    move();
    this.isQuiet = false;
  }

  #showWords(words) {
    this.ground.setAttribute("role", "application");
    this.ground.setAttribute("aria-label", `${words.map}. ${words.keys}`);
    this.north.textContent = `▲ ${words.north_sign}`;
    this.north.title = words.north;
    for (const [key, button] of Object.entries(this.buttons)) { button.ariaLabel = button.title = words[key]; }
    this.credit.textContent = this.layers.find(layer => layer.credit)?.credit ?? "";
  }

  #isOn(name) {
    const layer = this.layers.find(one => one.name === name);
    return layer.label ? this.view.switched[name] ?? layer.shown : true;
  }

  #isPanelOpen() {
    return this.view?.isPanelOpen ?? this.root.clientWidth > NARROW_PX;
  }

  #switch(name, isOn) {
    this.view.switched[name] = isOn;
    saveViews();
    this.#redraw();
  }

  #fold(isOpen) {
    if (isOpen === this.#isPanelOpen()) { return; }
    this.view.isPanelOpen = isOpen;
    saveViews();
  }

  #visible() {
    return this.layers.filter(layer => this.#isOn(layer.name));
  }

  #redraw() {
    this.base.redrawSoon();
    this.top.redrawSoon();
  }

  #paintBase(ctx, view) {
    performance.mark("live-map-draw");
    paint(ctx, view, this.#visible(), {marks: false});
    performance.measure("live-map-base", "live-map-draw");
  }

  #paintTop(ctx, view) {
    performance.mark("live-map-draw");
    paint(ctx, view, this.#visible(), {marks: true});
    for (const found of [this.#markedShape(), this.pointed]) { this.#paintPointer(ctx, view, found); }
    this.area.paint(ctx, view);
    performance.measure("live-map-top", "live-map-draw");
  }

  #paintPointer(ctx, view, found) {
    const style = found && styleOf(found.layer, found.shape, view.zoom);
    if (!style) { return; }
    if (found.layer.shapes.dimension === 0) {
      const [x, y] = markAt(found.layer.shapes, found.shape);
      drawHalo(ctx, (x - view.left) * view.scale, (y - view.top) * view.scale, radiusOf(style.shape, view.zoom));
      return;
    }
    const outline = outlineOf(found.layer.shapes, found.shape, view);
    for (const [width, colour] of [[5, "#ffffff"], [2.5, "#111827"]]) {
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.stroke(outline);
    }
  }

  #markedShape() {
    if (!this.marked) { return null; }
    const [kind, id] = this.marked;
    for (const layer of this.#visible().reverse()) {
      const shape = layer.kind === kind && layer.facts ? layer.facts.ids.indexOf(id) : -1;
      if (shape >= 0 && styleOf(layer, shape, 20)) { return {layer, shape}; }
    }
    return null;
  }

  // What a reader does.

  #listen() {
    const {map} = this;
    map.on("moveend", () => this.#moved());
    map.on("click", event => this.#clicked(event));
    map.on("dblclick", () => { if (this.header?.mode === "area") { this.area.finish(); } });
    map.on("mousemove", event => this.#pointedAt(event));
    map.on("mouseout", () => { this.#point(null); });
    this.root.addEventListener("pointerdown", () => map.scrollWheelZoom.enable());
    this.root.addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
    this.ground.addEventListener("keydown", event => this.#pressed(event));
  }

  #moved() {
    if (!this.view || this.isQuiet) { return; }
    const {lat, lng} = this.map.getCenter();
    this.view.center = [lat, lng];
    this.view.zoom = this.map.getZoom();
    saveViews();
  }

  #clicked(event) {
    const place = placeOf(event.latlng);
    if (this.header.mode === "area") {
      this.area.click(place, this.top.view);
    } else if (this.header.mode === "point") {
      this.#send("empty", "", place);
    } else {
      const isTouch = event.originalEvent?.pointerType === "touch";
      this.#choose(this.#hit(place, isTouch ? FINGER_REACH_PX : POINTER_REACH_PX), place, event.containerPoint);
    }
  }

  #choose(found, place, at) {
    if (!found && this.header.mode === "choose") { return; }
    if (found) {
      this.marked = [found.layer.kind, found.layer.facts.ids[found.shape]];
      this.tip.show(linesOf(found.layer, found.shape), at.x, at.y);
      this.top.redrawSoon();
    }
    this.#send(found?.layer.kind ?? "empty", found ? found.layer.facts.ids[found.shape] : "", place);
  }

  #hit(place, reach, {clickable = true} = {}) {
    const isChoosing = this.header.mode === "choose";
    const wanted = layer => Boolean(layer.facts && (isChoosing ? CHOOSABLE.has(layer.kind) : layer.kind || !clickable));
    return hitAt(this.#visible(), this.top.view, ...project(...place), reach, wanted);
  }

  #pointedAt(event) {
    if (!this.header || this.map.dragging.moving?.()) { return; }
    const place = placeOf(event.latlng);
    if (this.header.mode === "area") {
      this.area.pointer = place;
      this.top.redrawSoon();
      return;
    }
    const found = this.#hit(place, POINTER_REACH_PX, {clickable: false});
    this.ground.style.cursor = this.header.mode === "point" ? "crosshair" : found?.layer.kind ? "pointer" : "";
    this.#point(found, event.containerPoint);
  }

  /** Mark a thing as the one pointed at and tell of it, or end that with null. */
  #point(found, at) {
    const isSame = found?.layer === this.pointed?.layer && found?.shape === this.pointed?.shape;
    this.pointed = found;
    if (!isSame) { this.top.redrawSoon(); }
    if (found) { this.tip.show(linesOf(found.layer, found.shape), at.x, at.y); } else { this.tip.hide(); }
  }

  #pressed(event) {
    const act = this.#keys()[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !this.header) { return; }
    act();
    event.preventDefault();
    event.stopPropagation();
  }

  #keys() {
    const middle = () => placeOf(this.map.getCenter());
    if (this.header?.mode === "area") {
      return {
        " ": () => this.area.click(middle(), this.top.view), Enter: () => this.area.finish(),
        Escape: () => this.area.cancel(), Backspace: () => this.area.takeBack(),
      };
    }
    if (this.header?.mode === "point") { return {Enter: () => this.#send("empty", "", middle())}; }
    const step = by => () => this.#step(by);
    return {n: step(1), N: step(1), p: step(-1), P: step(-1), Enter: () => this.#enter(), Escape: () => this.#point(null)};
  }

  /** Point at the next or the last mark in view and speak of it. */
  #step(by) {
    const isChoosing = this.header.mode === "choose";
    const all = marksIn(this.#visible(), this.top.view, layer => (isChoosing ? CHOOSABLE.has(layer.kind) : layer.kind));
    if (!all.length) { return; }
    const now = all.findIndex(m => m.layer.name === this.pointed?.layer.name && m.shape === this.pointed.shape);
    const found = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : (now + by + all.length) % all.length];
    const at = this.#containerPoint(found);
    if (!this.map.getSize().contains(at) || at.x < 0 || at.y < 0) { this.map.panInside(this.map.containerPointToLatLng(at)); }
    this.#point(found, this.#containerPoint(found));
    this.spoken.textContent = linesOf(found.layer, found.shape).map(line => line.join(" ")).join(", ");
  }

  #enter() {
    if (!this.pointed?.layer.kind) { return; }
    this.#choose(this.pointed, placeOfShape(this.pointed), this.#containerPoint(this.pointed));
  }

  #containerPoint(found) {
    const [lon, lat] = placeOfShape(found);
    return this.map.latLngToContainerPoint([lat, lon]);
  }

  #areaChanged() {
    this.bar.count(this.area.corners.length);
    this.top.redrawSoon();
  }

  #areaDone(ring) {
    this.#send("area", "", ring[0], ring);
  }

  #send(kind, id, [lon, lat], ring = []) {
    this.tell("event", {kind, id, lon, lat, ring, number: nextNumber()});
  }

  #zoomButtons() {
    const box = element("div", "live-map-buttons", this.root);
    const made = {};
    const acts = {zoom_in: () => this.map.zoomIn(0.5), zoom_out: () => this.map.zoomOut(0.5), whole: () => this.#showWhole()};
    for (const [key, sign] of Object.entries({zoom_in: "+", zoom_out: "−", whole: "⤢"})) {
      made[key] = element("button", "", box);
      made[key].type = "button";
      made[key].textContent = sign;
      made[key].addEventListener("click", acts[key]);
    }
    return made;
  }
}

/** The hint of a mode, and the buttons of the one that draws. */
class ToolBar {
  constructor(parent, area) {
    this.box = element("div", "live-map-bar", parent);
    this.hint = element("span", "", this.box);
    this.buttons = {};
    const acts = {finish: () => area.finish(), back: () => area.takeBack(), cancel: () => area.cancel()};
    for (const [key, act] of Object.entries(acts)) {
      this.buttons[key] = element("button", "", this.box);
      this.buttons[key].type = "button";
      this.buttons[key].addEventListener("click", act);
    }
    this.count(0);
  }

  show(words, mode) {
    this.box.hidden = mode === "look";
    this.hint.textContent = words[`hint_${mode}`] ?? "";
    for (const [key, button] of Object.entries(this.buttons)) {
      button.textContent = words[key];
      button.hidden = mode !== "area";
    }
  }

  count(corners) {
    this.buttons.finish.disabled = corners < 3;
    this.buttons.back.disabled = this.buttons.cancel.disabled = corners === 0;
  }
}

function element(tag, name, parent) {
  const made = document.createElement(tag);
  if (name) { made.className = name; }
  parent.append(made);
  return made;
}

/** A layer's bodies by their digests; shapes are decoded once. */
function partsOf([shapes, facts, state]) {
  const kept = bodyOf(shapes);
  kept.shapes ??= decodeShapes(kept.content);
  return {
    shapes: kept.shapes,
    facts: facts === null ? null : bodyOf(facts).content,
    state: state === null ? null : bodyOf(state).content,
  };
}

function placeOf({lng, lat}) {
  return [lng, lat].map(degrees => Math.round(degrees * 1e6) / 1e6);
}

function placeOfShape({layer, shape}) {
  const {shapes} = layer;
  if (shapes.dimension === 0) { return unproject(...markAt(shapes, shape)); }
  const [x, y] = insideOf(shapes, shape);
  return unproject(x + shapes.left, y + shapes.top);
}
