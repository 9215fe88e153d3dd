// Which thing lies under a place: marks before gaps, gaps before cells, cells before grids.

import {styleOf} from "./layer.js";
import {radiusOf} from "./marks.js";

// Marks that lie this close in height are reached from left to right.
const ROW_PX = 60;

// The kinds that a planner chooses among, for the mode that asks for a choice.
export const CHOOSABLE = new Set(["candidate", "new_site", "proposed", "rejected"]);

/**
 * What is hit at (x, y), in pixels of zoom 20, as {layer, shape}, or null. `reach` is how many pixels a finger or a
 * pointer may miss a mark by; `wanted` says of a layer whether it counts.
 */
export function hitAt(layers, view, x, y, reach, wanted) {
  const counted = layers.filter(wanted).sort((a, b) => rankOf(b) - rankOf(a));
  let best = null, nearest = Infinity;
  for (const layer of counted.filter(one => one.shapes.dimension === 0)) {
    for (const shape of near(layer, x, y, (reach + 14) / view.scale)) {
      const style = styleOf(layer, shape, view.zoom);
      if (!style) { continue; }
      const [px, py] = markAt(layer.shapes, shape);
      const miss = Math.hypot(px - x, py - y) * view.scale - radiusOf(style.shape, view.zoom);
      if (miss <= reach && miss < nearest) {
        nearest = Math.max(0, miss);
        best = {layer, shape};
      }
    }
  }
  if (best) { return best; }
  for (const layer of counted.filter(one => one.shapes.dimension === 2)) {
    const inside = near(layer, x, y, 0).filter(s => styleOf(layer, s, view.zoom) && holds(layer.shapes, s, x, y));
    if (inside.length) { return {layer, shape: inside[inside.length - 1]}; }
  }
  return null;
}

/** Where a mark lies, in pixels of zoom 20. */
export function markAt(shapes, shape) {
  const i = shapes.partStart[shapes.shapeStart[shape]];
  return [shapes.x[i] + shapes.left, shapes.y[i] + shapes.top];
}

/** The marks in `bounds` (pixels of the view's zoom) that can be reached one after the other, row by row. */
export function marksIn(layers, bounds, view, wanted) {
  const found = [];
  for (const layer of layers.filter(one => one.shapes.dimension === 0 && wanted(one))) {
    for (let shape = 0; shape < layer.shapes.count; shape += 1) {
      const [x, y] = markAt(layer.shapes, shape).map(at => at * view.scale);
      if (bounds.contains([x, y]) && styleOf(layer, shape, view.zoom)) {
        found.push({layer, shape, row: Math.floor((y - bounds.min.y) / ROW_PX), x});
      }
    }
  }
  return found.sort((a, b) => a.row - b.row || a.x - b.x);
}

// Grids lie under the cells for a click, though their lines are drawn over them.
function rankOf(layer) {
  return layer.kind === "grid" ? -1 : layer.level;
}

function near(layer, x, y, reach) {
  const {shapes} = layer, [u, v] = [x - shapes.left, y - shapes.top];
  return shapes.index.within(u - reach, v - reach, u + reach, v + reach);
}

function holds(shapes, shape, x, y) {
  const [u, v] = [x - shapes.left, y - shapes.top];
  let isInside = false;
  for (let part = shapes.shapeStart[shape]; part < shapes.shapeStart[shape + 1]; part += 1) {
    const start = shapes.partStart[part], end = shapes.partStart[part + 1];
    for (let i = start, j = end - 1; i < end; j = i, i += 1) {
      const crosses = (shapes.y[i] > v) !== (shapes.y[j] > v);
      if (crosses && u < (shapes.x[j] - shapes.x[i]) * (v - shapes.y[i]) / (shapes.y[j] - shapes.y[i]) + shapes.x[i]) {
        isInside = !isInside;
      }
    }
  }
  return isInside;
}
