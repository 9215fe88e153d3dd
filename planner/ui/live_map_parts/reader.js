// What a reader does on a map, by pointer, finger or key, and what of it the program is told.

import {AreaTool} from "./area_tool.js";
import {project, unproject} from "./decode.js";
import {CHOOSABLE, hitAt, markAt, marksIn} from "./hits.js";
import {insideOf} from "./painting.js";
import {nextNumber} from "./store.js";
import {element} from "./tool_bar.js";
import {linesOf, Tooltip} from "./tooltip.js";

const POINTER_REACH_PX = 4, FINGER_REACH_PX = 14;

export class Reader {
  constructor(host, tell) {
    Object.assign(this, {host, tell, mode: "look", pointed: null});
    this.area = new AreaTool({
      changed: () => this.#areaChanged(), done: ring => this.#send("area", "", ring[0], ring),
    });
    this.tip = new Tooltip(host.root);
    this.spoken = element("div", "live-map-spoken", host.root);
    this.spoken.setAttribute("aria-live", "polite");
    this.#listen();
  }

  /** Be in a mode, with the layers of a new run; an area in the making ends with its mode. */
  show(mode) {
    if (mode !== "area" && this.area.corners.length) { this.area.cancel(); }
    this.mode = mode;
    const last = this.pointed, layer = this.host.layers.find(one => one.name === last?.layer.name);
    const shape = layer?.facts?.ids.indexOf(last.layer.facts.ids[last.shape]) ?? -1;
    this.pointed = shape >= 0 ? {layer, shape} : null;
  }

  #listen() {
    const {map, root, ground} = this.host;
    map.on("click", event => this.#clicked(event));
    map.on("dblclick", () => { if (this.mode === "area") { this.area.finish(); } });
    map.on("mousemove", event => this.#pointedAt(event));
    map.on("mouseout movestart zoomstart", () => this.#point(null));
    // Inside a page the wheel scrolls the page until the map is used.
    root.addEventListener("pointerdown", () => map.scrollWheelZoom.enable());
    root.addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
    ground.addEventListener("keydown", event => this.#pressed(event));
  }

  #clicked(event) {
    const place = placeOf(event.latlng);
    if (this.mode === "area") {
      this.area.click(place, this.host.top.view);
    } else if (this.mode === "point") {
      this.#send("empty", "", place);
    } else {
      const reach = event.originalEvent?.pointerType === "touch" ? FINGER_REACH_PX : POINTER_REACH_PX;
      this.#choose(this.#hit(place, reach, layer => layer.kind), place, event.containerPoint);
    }
  }

  #choose(found, place, at) {
    if (!found && this.mode === "choose") { return; }
    const kind = found?.layer.kind ?? "empty", id = found ? found.layer.facts.ids[found.shape] : "";
    if (found) {
      this.host.marked = [kind, id];
      this.tip.show(linesOf(found.layer, found.shape), at.x, at.y);
      this.host.redrawTop();
    }
    this.#send(kind, id, place);
  }

  #hit(place, reach, wanted) {
    const counts = layer => layer.facts && (this.mode === "choose" ? CHOOSABLE.has(layer.kind) : wanted(layer));
    return hitAt(this.host.visible(), this.host.top.view, ...project(...place), reach, counts);
  }

  #pointedAt(event) {
    if (!this.host.top.view || !this.host.layers.length) { return; }
    const place = placeOf(event.latlng);
    if (this.mode === "area") {
      this.area.pointer = place;
      this.host.redrawTop();
      return;
    }
    const found = this.#hit(place, POINTER_REACH_PX, () => true);
    this.host.ground.style.cursor = this.mode !== "point" && found?.layer.kind ? "pointer" : "";
    this.#point(found, event.containerPoint);
  }

  /** Mark a thing as the one pointed at and tell of it, or end that with null. */
  #point(found, at) {
    const isSame = found?.layer.name === this.pointed?.layer.name && found?.shape === this.pointed?.shape;
    this.pointed = found;
    if (!isSame) { this.host.redrawTop(); }
    if (found) { this.tip.show(linesOf(found.layer, found.shape), at.x, at.y); } else { this.tip.hide(); }
  }

  #pressed(event) {
    const act = this.#keys()[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) { return; }
    act();
    event.preventDefault();
    event.stopPropagation();
  }

  #keys() {
    const middle = () => placeOf(this.host.map.getCenter());
    if (this.mode === "area") {
      return {
        " ": () => this.area.click(middle(), this.host.top.view), Enter: () => this.area.finish(),
        Escape: () => this.area.cancel(), Backspace: () => this.area.takeBack(),
      };
    }
    if (this.mode === "point") { return {Enter: () => this.#send("empty", "", middle())}; }
    const next = () => this.#step(1), last = () => this.#step(-1);
    return {n: next, N: next, p: last, P: last, Enter: () => this.#enter(), Escape: () => this.#point(null)};
  }

  /** Point at the next or the last mark in view and speak of it. */
  #step(by) {
    const {map, top} = this.host;
    const counts = layer => layer.facts && (this.mode === "choose" ? CHOOSABLE.has(layer.kind) : layer.kind);
    const all = marksIn(this.host.visible(), map.getPixelBounds(), top.view, counts);
    if (!all.length) { return; }
    const now = all.findIndex(m => m.layer.name === this.pointed?.layer.name && m.shape === this.pointed.shape);
    const found = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : (now + by + all.length) % all.length];
    this.#point(found, this.#containerPoint(found));
    this.spoken.textContent = linesOf(found.layer, found.shape).map(line => line.join(" ")).join(", ");
  }

  #enter() {
    if (!this.pointed?.layer.kind) { return; }
    this.#choose(this.pointed, placeOfShape(this.pointed), this.#containerPoint(this.pointed));
  }

  #containerPoint(found) {
    const [lon, lat] = placeOfShape(found);
    return this.host.map.latLngToContainerPoint([lat, lon]);
  }

  #areaChanged() {
    this.host.bar.count(this.area.corners.length);
    this.host.redrawTop();
  }

  #send(kind, id, [lon, lat], ring = []) {
    this.tell("event", {kind, id, lon, lat, ring, number: nextNumber()});
  }
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
