// A canvas that lies on a Leaflet map, moves and grows with it, and is drawn anew where its drawing no longer reaches.

import {L} from "./leaflet.js";
import {unproject, project} from "./decode.js";

// How far beyond the view is drawn, as a share of its size, so that a short drag needs no new drawing.
const MARGIN = 0.2;

export const CanvasLayer = L.Layer.extend({
  initialize(draw, pane) {
    this.draw = draw;
    this.paneName = pane;
  },

  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "live-map-canvas leaflet-zoom-animated", map.getPane(this.paneName));
    this.canvas.setAttribute("aria-hidden", "true");
    this.redraw();
  },

  onRemove() {
    cancelAnimationFrame(this.waiting);
    this.canvas.remove();
  },

  getEvents() {
    return {
      move: this.followMove, zoomanim: this.followZoom,
      moveend: this.redraw, viewreset: this.redraw, resize: this.redraw,
    };
  },

  /** Draw soon; many calls before the next frame are one. */
  redrawSoon() {
    if (this.waiting) { return; }
    this.waiting = requestAnimationFrame(() => { this.redraw(); });
  },

  redraw() {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    const map = this._map, size = map.getSize();
    if (!size.x || !size.y) { return; }
    const margin = size.multiplyBy(MARGIN).round(), whole = size.add(margin.multiplyBy(2));
    const density = Math.min(2, window.devicePixelRatio || 1);
    if (this.canvas.width !== whole.x * density || this.canvas.height !== whole.y * density) {
      this.canvas.width = whole.x * density;
      this.canvas.height = whole.y * density;
      this.canvas.style.width = `${whole.x}px`;
      this.canvas.style.height = `${whole.y}px`;
    }
    const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1));
    L.DomUtil.setTransform(this.canvas, corner, 1);
    const zoom = map.getZoom(), scale = 2 ** (zoom - 20);
    const topLeft = map.getPixelBounds().min.subtract(margin).divideBy(scale);
    this.view = {zoom, scale, left: topLeft.x, top: topLeft.y, width: whole.x, height: whole.y};
    const ctx = this.canvas.getContext("2d");
    ctx.setTransform(density, 0, 0, density, 0, 0);
    ctx.clearRect(0, 0, whole.x, whole.y);
    this.draw(ctx, this.view);
  },

  followMove() {
    // During a zoom by animation or pinch the drawing is scaled, not drawn anew.
    if (!this.view || this._map.getZoom() !== this.view.zoom) {
      if (this.view) { this.scaleTo(this._map.getZoom(), this._map.getCenter()); }
      return;
    }
    const bounds = this._map.getPixelBounds(), {scale, left, top, width, height} = this.view;
    const x = bounds.min.x - left * scale, y = bounds.min.y - top * scale, size = this._map.getSize();
    if (x < 0 || y < 0 || x + size.x > width || y + size.y > height) { this.redrawSoon(); }
  },

  followZoom(event) {
    if (this.view) { this.scaleTo(event.zoom, event.center); }
  },

  scaleTo(zoom, center) {
    const [lon, lat] = unproject(this.view.left, this.view.top);
    const corner = this._map._latLngToNewLayerPoint(L.latLng(lat, lon), zoom, center);
    L.DomUtil.setTransform(this.canvas, corner, 2 ** (zoom - this.view.zoom));
  },
});

/** Where a place in degrees lies on a drawing of `view`. */
export function placeOn(view, lon, lat) {
  const [x, y] = project(lon, lat);
  return [(x - view.left) * view.scale, (y - view.top) * view.scale];
}
