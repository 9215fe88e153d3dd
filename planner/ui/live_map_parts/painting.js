// Layers → ink on a canvas: only what lies in the view, and only as fine as the zoom shows.

import {stateOf, styleOf} from "./layer.js";
import {drawMark, radiusOf} from "./marks.js";

// Points of a line nearer than this to the last one drawn are left out, in pixels.
const FINEST_PX = 1.2;
// Edges thinner than a pixel, hatches and small houses are drawn where a shape has the room for them, in pixels.
const ROOM_FOR_EDGE_PX = 7, ROOM_FOR_HATCH_PX = 15, SMALLEST_PX = 1;
// A browser fills 20,000 squares as one path in three seconds, as paths of 50 in forty milliseconds.
const BATCH = 50;

/** Draw the layers that are on, the lowest first; marks and the digits of areas only where asked for. */
export function paint(ctx, view, layers, {marks}) {
  for (const layer of layers) {
    const isMarks = layer.shapes.dimension === 0;
    if (isMarks !== marks) {
      if (marks && layer.facts?.digits.length) { paintDigits(ctx, view, layer); }
      continue;
    }
    for (const [style, found] of byStyle(layer, view)) {
      if (isMarks) {
        paintMarks(ctx, view, layer, style, found);
      } else if (layer.shapes.dimension === 1) {
        paintLines(ctx, view, layer.shapes, style, found);
      } else {
        paintAreas(ctx, view, layer.shapes, style, found);
      }
    }
  }
}

/** The outline of one shape as a path. */
export function outlineOf(shapes, shape, view) {
  const path = new Path2D();
  trace(path, shapes, shape, view, shapes.dimension === 2);
  return path;
}

/** A place inside an area: the middle of the widest stretch across its middle height, in the shapes' own pixels. */
export function insideOf(shapes, shape) {
  const [x0, y0, x1, y1] = shapes.boxes.subarray(4 * shape, 4 * shape + 4);
  const y = (y0 + y1) / 2 + 1e-3, cuts = [];
  for (let part = shapes.shapeStart[shape]; part < shapes.shapeStart[shape + 1]; part += 1) {
    const start = shapes.partStart[part], end = shapes.partStart[part + 1];
    for (let i = start, j = end - 1; i < end; j = i, i += 1) {
      if ((shapes.y[i] > y) !== (shapes.y[j] > y)) {
        cuts.push(shapes.x[i] + (y - shapes.y[i]) / (shapes.y[j] - shapes.y[i]) * (shapes.x[j] - shapes.x[i]));
      }
    }
  }
  cuts.sort((a, b) => a - b);
  let best = [(x0 + x1) / 2, 0];
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    if (cuts[i + 1] - cuts[i] > best[1]) { best = [(cuts[i] + cuts[i + 1]) / 2, cuts[i + 1] - cuts[i]]; }
  }
  return [best[0], y];
}

/** The shapes that meet the view, gathered by their style in the order of the styles. */
function byStyle(layer, view) {
  const {shapes} = layer, reach = shapes.dimension === 0 ? 20 / view.scale : 3 / view.scale;
  const left = view.left - shapes.left, top = view.top - shapes.top;
  const found = shapes.index.within(
    left - reach, top - reach, left + view.width / view.scale + reach, top + view.height / view.scale + reach);
  const gathered = layer.styles.map(style => [style, []]);
  for (const shape of found) {
    if (styleOf(layer, shape, view.zoom)) { gathered[stateOf(layer, shape) & 7][1].push(shape); }
  }
  return gathered.filter(([, some]) => some.length > 0);
}

function paintAreas(ctx, view, shapes, style, found) {
  const room = shapes.size * view.scale;
  const width = shape => (shapes.boxes[4 * shape + 2] - shapes.boxes[4 * shape]) * view.scale;
  const large = room < SMALLEST_PX ? found : found.filter(shape => width(shape) >= SMALLEST_PX);
  const paths = pathsOf(large, shapes, view, true);
  ctx.globalAlpha = style.opacity;
  if (style.fill) {
    ctx.fillStyle = style.fill;
    paths.forEach(path => ctx.fill(path));
  }
  if (style.hatch && room >= ROOM_FOR_HATCH_PX) {
    ctx.globalAlpha = style.opacity < 0.5 ? 0.6 : 0.3;
    ctx.fillStyle = hatchOf(ctx, style, view, shapes);
    paths.forEach(path => ctx.fill(path));
  }
  ctx.globalAlpha = style.fill ? 1 : style.opacity;
  const hasRoom = style.width >= 1 || room >= ROOM_FOR_EDGE_PX || found.length < 200;
  if (style.stroke && hasRoom) { strokePaths(ctx, style, paths); }
  ctx.globalAlpha = 1;
}

function paintLines(ctx, view, shapes, style, found) {
  ctx.globalAlpha = style.opacity;
  const factor = Math.max(0.5, Math.min(1.6, 1 + (view.zoom - 16) * 0.25));
  strokePaths(ctx, style, pathsOf(found, shapes, view, false), factor);
  ctx.globalAlpha = 1;
}

/** The shapes as paths of a few shapes each. */
function pathsOf(found, shapes, view, isClosed) {
  const paths = [];
  for (let at = 0; at < found.length; at += BATCH) {
    const path = new Path2D();
    for (const shape of found.slice(at, at + BATCH)) { trace(path, shapes, shape, view, isClosed); }
    paths.push(path);
  }
  return paths;
}

function strokePaths(ctx, style, paths, factor = 1) {
  ctx.strokeStyle = style.stroke;
  ctx.lineWidth = style.width * factor;
  ctx.lineJoin = "round";
  ctx.lineCap = style.dash.length ? "butt" : "round";
  ctx.setLineDash(style.dash);
  paths.forEach(path => ctx.stroke(path));
  ctx.setLineDash([]);
}

function paintMarks(ctx, view, layer, style, found) {
  const {shapes, facts} = layer;
  for (const shape of found) {
    const [x, y] = pixelOf(shapes, shapes.partStart[shapes.shapeStart[shape]], view);
    drawMark(ctx, style, x, y, view.zoom, facts?.digits[shape]);
  }
}

/** The digits of areas, the first ones first; one that would lie on another is left out. */
function paintDigits(ctx, view, layer) {
  const taken = [];
  ctx.font = "700 14px system-ui, sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (let shape = 0; shape < layer.shapes.count; shape += 1) {
    const style = styleOf(layer, shape, view.zoom);
    if (!style) { continue; }
    const [inX, inY] = insideOf(layer.shapes, shape);
    const x = (inX + layer.shapes.left - view.left) * view.scale, y = (inY + layer.shapes.top - view.top) * view.scale;
    if (taken.some(([u, v]) => Math.abs(u - x) < 18 && Math.abs(v - y) < 15)) { continue; }
    taken.push([x, y]);
    const text = String(layer.facts.digits[shape]);
    ctx.lineWidth = 4;
    ctx.strokeStyle = "#ffffffee";
    ctx.strokeText(text, x, y);
    ctx.fillStyle = style.stroke;
    ctx.fillText(text, x, y);
  }
}

/** Add a shape to a path, leaving out points that lie closer together than the eye tells. */
function trace(path, shapes, shape, view, isClosed) {
  for (let part = shapes.shapeStart[shape]; part < shapes.shapeStart[shape + 1]; part += 1) {
    const start = shapes.partStart[part], end = shapes.partStart[part + 1];
    let [lastX, lastY] = pixelOf(shapes, start, view);
    path.moveTo(lastX, lastY);
    for (let i = start + 1; i < end; i += 1) {
      const [x, y] = pixelOf(shapes, i, view);
      if (i < end - 1 && Math.abs(x - lastX) + Math.abs(y - lastY) < FINEST_PX) { continue; }
      path.lineTo(x, y);
      [lastX, lastY] = [x, y];
    }
    if (isClosed) { path.closePath(); }
  }
}

function pixelOf(shapes, i, view) {
  return [
    (shapes.x[i] + (shapes.left - view.left)) * view.scale, (shapes.y[i] + (shapes.top - view.top)) * view.scale,
  ];
}

const hatches = new Map();

/** A pattern of lines that stays with the ground when the map moves. */
function hatchOf(ctx, style, view, shapes) {
  const side = 9, key = `${style.hatch}${style.stroke}${style.fill}`;
  if (!hatches.has(key)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 2 * side;
    const ink = tile.getContext("2d");
    ink.scale(2, 2);
    ink.strokeStyle = style.stroke === "#ffffff" || style.dash.length ? "#1f2933" : style.stroke;
    ink.lineWidth = 0.9;
    for (const shift of [-side, 0, side]) {
      for (const [low, high] of {"/": [[side, 0]], "\\": [[0, side]], "x": [[side, 0], [0, side]]}[style.hatch]) {
        ink.moveTo(shift, low);
        ink.lineTo(shift + side, high);
      }
    }
    ink.stroke();
    hatches.set(key, ctx.createPattern(tile, "repeat"));
  }
  const pattern = hatches.get(key);
  const shift = [(shapes.left - view.left) * view.scale % side, (shapes.top - view.top) * view.scale % side];
  pattern.setTransform(new DOMMatrix([0.5, 0, 0, 0.5, ...shift]));
  return pattern;
}

/** Draw a line of the legend. */
export function paintSign(ctx, dimension, style, width, height) {
  ctx.clearRect(0, 0, width, height);
  if (dimension === 0) {
    const shrink = Math.min(1, (height / 2 - 1) / (radiusOf(style.shape, 18) + 2));
    ctx.save();
    ctx.translate(width / 2, height / 2);
    ctx.scale(shrink, shrink);
    drawMark(ctx, {...style, opacity: Math.max(style.opacity, 0.8)}, 0, 0, 18, 1);
    ctx.restore();
    return;
  }
  const path = new Path2D();
  if (dimension === 1) {
    path.moveTo(1, height / 2);
    path.lineTo(width - 1, height / 2);
  } else {
    path.rect(1.5, 1.5, width - 3, height - 3);
    ctx.globalAlpha = style.opacity;
    if (style.fill) {
      ctx.fillStyle = style.fill;
      ctx.fill(path);
    }
    if (style.hatch) {
      ctx.globalAlpha = 0.6;
      ctx.fillStyle = hatchOf(ctx, style, {left: 0, top: 0, scale: 1}, {left: 0, top: 0});
      ctx.fill(path);
    }
    ctx.globalAlpha = style.fill ? 1 : style.opacity;
  }
  if (style.stroke) { strokePaths(ctx, style, [path]); }
  ctx.globalAlpha = 1;
}
