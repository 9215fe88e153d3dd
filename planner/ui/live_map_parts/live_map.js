// One map on the page: what a run of the program sends is shown, what a reader does is told.

import {L} from "./leaflet.js";
import {STYLE} from "./live_map.css.js";
import {CanvasLayer} from "./canvas_layer.js";
import {unproject} from "./decode.js";
import {markAt} from "./hits.js";
import {partsOf, styleOf} from "./layer.js";
import {drawHalo, radiusOf} from "./marks.js";
import {outlineOf, paint} from "./painting.js";
import {Panel} from "./panel.js";
import {Reader} from "./reader.js";
import {bodyOf, saveViews, viewOf} from "./store.js";
import {button, element, ToolBar} from "./tool_bar.js";

const NARROW_PX = 640, ROOM_FOR_PANEL_PX = 270;

export class LiveMap {
  constructor(parent, tell) {
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
    this.reader = new Reader(this, tell);
    this.panel = new Panel(this.root, {
      onSwitch: (name, isOn) => this.#switch(name, isOn), onFold: isOpen => this.#fold(isOpen),
    });
    this.bar = new ToolBar(this.root, this.reader.area);
    this.cross = element("div", "live-map-cross", this.root);
    this.credit = element("div", "live-map-credit", this.root);
    this.north = element("div", "live-map-north", this.root);
    this.buttons = this.#zoomButtons();
    this.map.on("moveend", () => this.#moved());
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
    this.reader.show(header.mode);
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
      trackResize: false, // by the observer of sizes alone: Leaflet would move a map that is gone by then
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
    if (this.view) { this.panel.fold(this.#isPanelOpen()); }
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

  /** The layers that are on, the lowest first. */
  visible() {
    return this.layers.filter(layer => this.#isOn(layer.name));
  }

  /** Draw the marks and what is pointed at anew, but not what lies below them. */
  redrawTop() {
    this.top.redrawSoon();
  }

  #redraw() {
    this.base.redrawSoon();
    this.top.redrawSoon();
  }

  #paintBase(ctx, view) {
    performance.mark("live-map-draw");
    paint(ctx, view, this.visible(), {marks: false});
    performance.measure("live-map-base", "live-map-draw");
  }

  #paintTop(ctx, view) {
    performance.mark("live-map-draw");
    paint(ctx, view, this.visible(), {marks: true});
    for (const found of [this.#markedShape(), this.reader.pointed]) { this.#paintPointer(ctx, view, found); }
    this.reader.area.paint(ctx, view);
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
    for (const layer of this.visible().reverse()) {
      const shape = layer.kind === kind && layer.facts ? layer.facts.ids.indexOf(id) : -1;
      if (shape >= 0 && styleOf(layer, shape, 20)) { return {layer, shape}; }
    }
    return null;
  }

  #moved() {
    if (!this.view || this.isQuiet) { return; }
    const {lat, lng} = this.map.getCenter();
    this.view.center = [lat, lng];
    this.view.zoom = this.map.getZoom();
    saveViews();
  }

  #zoomButtons() {
    const box = element("div", "live-map-buttons", this.root);
    return {
      zoom_in: button("", "+", box, () => this.map.zoomIn(0.5)),
      zoom_out: button("", "−", box, () => this.map.zoomOut(0.5)),
      whole: button("", "⤢", box, () => this.#showWhole()),
    };
  }
}
