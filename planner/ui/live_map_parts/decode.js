// Bytes → the message of a run; codes → shapes in pixels of zoom 20.

import {GridIndex} from "./grid_index.js";

const STEPS_PER_DEGREE = 1e6;
const WORLD = 256 * 2 ** 20;

/** The header of a message and the bodies that came with it, each a promise of its content. */
export function unpack(bytes) {
  const size = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  let start = 4 + size;
  const bodies = header.bodies.map(([digest, length]) => {
    const packed = bytes.slice(start, start + length);
    start += length;
    return inflated(packed).then(content => [digest, content]);
  });
  return {header, bodies};
}

/** Degrees as pixels of zoom 20, from the top left corner of the world. */
export function project(lon, lat) {
  const sine = Math.sin(lat * Math.PI / 180);
  return [(lon / 360 + 0.5) * WORLD, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD];
}

/** Pixels of zoom 20 as degrees. */
export function unproject(x, y) {
  return [(x / WORLD - 0.5) * 360, Math.atan(Math.sinh(Math.PI * (1 - 2 * y / WORLD))) * 180 / Math.PI];
}

/**
 * Shapes from their code: positions `x`, `y` from the origin (`left`, `top`), `partStart` and `shapeStart` to tell them
 * apart, a box each (`boxes`: x0, y0, x1, y1), an index over the boxes, and the middle size of a box.
 */
export function decodeShapes(code) {
  const total = code.steps.length / 2;
  const partCount = totalOf(code.parts, code.count);
  const shapes = {
    dimension: code.dimension,
    count: code.count,
    x: new Float32Array(total),
    y: new Float32Array(total),
    partStart: starts(code.sizes, partCount),
    shapeStart: starts(code.parts, code.count),
    boxes: new Float32Array(4 * code.count),
    left: 0,
    top: 0,
  };
  let lon = 0, lat = 0;
  for (let i = 0; i < total; i += 1) {
    lon += code.steps[2 * i];
    lat += code.steps[2 * i + 1];
    const [x, y] = project(lon / STEPS_PER_DEGREE, lat / STEPS_PER_DEGREE);
    if (i === 0) { [shapes.left, shapes.top] = [x, y]; }
    shapes.x[i] = x - shapes.left;
    shapes.y[i] = y - shapes.top;
  }
  for (let shape = 0; shape < code.count; shape += 1) { measureBox(shapes, shape); }
  shapes.index = new GridIndex(shapes.boxes, code.count);
  shapes.size = middleSize(shapes);
  return shapes;
}

/** From where to where the positions of a shape lie. */
export function positionsOf(shapes, shape) {
  return [shapes.partStart[shapes.shapeStart[shape]], shapes.partStart[shapes.shapeStart[shape + 1]]];
}

async function inflated(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function totalOf(counts, length) {
  return typeof counts === "number" ? counts * length : counts.reduce((sum, count) => sum + count, 0);
}

function starts(counts, length) {
  const found = new Uint32Array(length + 1);
  for (let i = 0; i < length; i += 1) { found[i + 1] = found[i] + (typeof counts === "number" ? counts : counts[i]); }
  return found;
}

function measureBox(shapes, shape) {
  let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
  const [start, end] = positionsOf(shapes, shape);
  for (let i = start; i < end; i += 1) {
    x0 = Math.min(x0, shapes.x[i]);
    x1 = Math.max(x1, shapes.x[i]);
    y0 = Math.min(y0, shapes.y[i]);
    y1 = Math.max(y1, shapes.y[i]);
  }
  shapes.boxes.set([x0, y0, x1, y1], 4 * shape);
}

function middleSize(shapes) {
  const sizes = [];
  const stride = Math.max(1, Math.floor(shapes.count / 200));
  for (let i = 0; i < shapes.count; i += stride) { sizes.push(shapes.boxes[4 * i + 2] - shapes.boxes[4 * i]); }
  sizes.sort((a, b) => a - b);
  return sizes[sizes.length >> 1] ?? 0;
}
