// The shapes of marks; every kind differs from the others in shape and in colour.

const RADIUS = {
  diamond: 9, ring: 5, cross: 4, check: 11, slash: 10, triangle: 11, number: 13, badge: 13, square: 6, small_square: 4,
  alert: 7.5,
};
// Marks of which there are thousands shrink to dots when a reader zooms out.
const CROWDED = new Set(["ring", "cross", "small_square"]);

/** How far a mark reaches from its middle, in pixels. */
export function radiusOf(shape, zoom) {
  const radius = RADIUS[shape] ?? 6;
  return CROWDED.has(shape) ? radius * Math.max(0.45, Math.min(1, (zoom - 12) / 4)) : radius;
}

/** Draw one mark with its middle at (x, y). */
export function drawMark(ctx, style, x, y, zoom, digit) {
  const radius = radiusOf(style.shape, zoom);
  ctx.save();
  ctx.translate(x, y);
  ctx.globalAlpha = style.opacity;
  ctx.fillStyle = style.fill || "transparent";
  ctx.strokeStyle = style.stroke;
  ctx.lineWidth = radius < 4 ? Math.min(1, style.width) : style.width;
  ctx.lineJoin = "round";
  DRAWN[style.shape](ctx, radius, style, digit);
  ctx.restore();
}

/** A glow around a mark, an area's edge or a place, to say: this one. */
export function drawHalo(ctx, x, y, radius) {
  for (const [width, colour] of [[5, "#ffffff"], [2.5, "#111827"]]) {
    ctx.beginPath();
    ctx.arc(x, y, radius + 4, 0, 2 * Math.PI);
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }
}

const DRAWN = {
  ring: (ctx, r) => painted(ctx, () => ctx.arc(0, 0, r, 0, 2 * Math.PI)),
  square: (ctx, r) => painted(ctx, () => ctx.rect(-r, -r, 2 * r, 2 * r), true),
  small_square: (ctx, r) => painted(ctx, () => ctx.rect(-r, -r, 2 * r, 2 * r)),
  diamond: (ctx, r) => painted(ctx, () => corners(ctx, [[0, -r], [r, 0], [0, r], [-r, 0]]), true),
  triangle: (ctx, r) => painted(ctx, () => corners(ctx, [[0, -r], [r, 0.8 * r], [-r, 0.8 * r]]), true),
  cross(ctx, r) {
    lines(ctx, [[-r, -r], [r, r]], [[-r, r], [r, -r]]);
  },
  check(ctx, r) {
    painted(ctx, () => hexagon(ctx, r), true);
    ctx.lineWidth = 2.6;
    ctx.lineCap = "round";
    lines(ctx, [[-0.42 * r, 0.02 * r], [-0.1 * r, 0.36 * r], [0.46 * r, -0.34 * r]]);
  },
  slash(ctx, r) {
    painted(ctx, () => ctx.arc(0, 0, r - 1, 0, 2 * Math.PI));
    lines(ctx, [[-0.62 * r, -0.62 * r], [0.62 * r, 0.62 * r]]);
  },
  alert(ctx, r, style) {
    painted(ctx, () => ctx.roundRect(-r, -r, 2 * r, 2 * r, 2), true);
    written(ctx, "!", style.stroke, 12);
  },
  number(ctx, r, style, digit) {
    painted(ctx, () => ctx.arc(0, 0, r - 1, 0, 2 * Math.PI), true);
    written(ctx, String(digit ?? 1), style.stroke, 13);
  },
  badge(ctx, r, style, digit) {
    painted(ctx, () => hexagon(ctx, r + 2), true);
    written(ctx, String(digit ?? 1), style.stroke, 13);
  },
};

function painted(ctx, outline, isRaised = false) {
  ctx.beginPath();
  outline();
  if (isRaised) {
    // A thin dark edge keeps a white one apart from a white ground.
    const own = [ctx.lineWidth, ctx.strokeStyle];
    ctx.lineWidth += 1.6;
    ctx.strokeStyle = "#1f293399";
    ctx.stroke();
    [ctx.lineWidth, ctx.strokeStyle] = own;
  }
  ctx.fill();
  ctx.stroke();
}

function corners(ctx, places) {
  places.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.closePath();
}

function hexagon(ctx, r) {
  corners(ctx, [0, 1, 2, 3, 4, 5].map(i => [r * Math.sin(i * Math.PI / 3), -r * Math.cos(i * Math.PI / 3)]));
}

function lines(ctx, ...all) {
  ctx.beginPath();
  for (const line of all) { line.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y))); }
  ctx.stroke();
}

function written(ctx, text, colour, size) {
  ctx.font = `700 ${size}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = colour;
  ctx.fillText(text, 0, 0.5);
}
