// Drawing an area, corner after corner.

import {placeOn} from "./canvas_layer.js";

const NEAR_PX = 12, SAME_PX = 5;

/** The corners of an area in the making; `done(corners)` is called with at least three of them. */
export class AreaTool {
  constructor({changed, done}) {
    Object.assign(this, {changed, done, corners: [], pointer: null});
  }

  /** A click at [lon, lat]: closes on the first corner, else adds one. */
  click(place, view) {
    const [x, y] = placeOn(view, ...place);
    const far = corner => Math.hypot(...placeOn(view, ...corner).map((at, i) => at - [x, y][i]));
    if (this.corners.length >= 3 && far(this.corners[0]) <= NEAR_PX) {
      this.finish();
    } else if (!this.corners.length || far(this.corners[this.corners.length - 1]) > SAME_PX) {
      this.corners.push(place);
      this.changed();
    }
  }

  finish() {
    if (this.corners.length < 3) { return; }
    const {corners} = this;
    this.cancel();
    this.done(corners);
  }

  takeBack() {
    this.corners.pop();
    this.changed();
  }

  cancel() {
    this.corners = [];
    this.pointer = null;
    this.changed();
  }

  paint(ctx, view) {
    if (!this.corners.length) { return; }
    const places = this.corners.map(corner => placeOn(view, ...corner));
    const line = new Path2D();
    [...places, ...(this.pointer ? [placeOn(view, ...this.pointer)] : [])]
      .forEach(([x, y], i) => (i ? line.lineTo(x, y) : line.moveTo(x, y)));
    ctx.fillStyle = "#8a125333";
    ctx.fill(line);
    ctx.setLineDash([6, 4]);
    for (const [width, colour] of [[5, "#ffffffcc"], [2.2, "#8a1253"]]) {
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.stroke(line);
    }
    ctx.setLineDash([]);
    places.forEach(([x, y], i) => {
      ctx.beginPath();
      ctx.arc(x, y, i === 0 && places.length >= 3 ? 8 : 5, 0, 2 * Math.PI);
      ctx.fillStyle = i === 0 ? "#ffffff" : "#8a1253";
      ctx.fill();
      ctx.lineWidth = 2;
      ctx.strokeStyle = i === 0 ? "#8a1253" : "#ffffff";
      ctx.stroke();
    });
  }
}
