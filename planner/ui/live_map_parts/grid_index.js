// Boxes in the squares of a grid, so that a question about a place looks at a few of them only.

/** An index over `count` boxes (x0, y0, x1, y1); boxes that are not finite are in no square. */
export class GridIndex {
  constructor(boxes, count) {
    this.boxes = boxes;
    this.seen = new Uint32Array(count);
    this.turn = 0;
    this.frame = frameOf(boxes, count);
    this.side = Math.max(1, Math.min(256, Math.ceil(Math.sqrt(count))));
    this.start = new Uint32Array(this.side * this.side + 1);
    this.items = this.#filled(count);
  }

  /** The numbers of the boxes that meet a box, each once. */
  within(x0, y0, x1, y1) {
    const found = [];
    this.turn += 1;
    const [c0, r0] = this.#square(x0, y0), [c1, r1] = this.#square(x1, y1);
    for (let row = r0; row <= r1; row += 1) {
      for (let k = this.start[row * this.side + c0]; k < this.start[row * this.side + c1 + 1]; k += 1) {
        const item = this.items[k];
        if (this.seen[item] === this.turn) { continue; }
        this.seen[item] = this.turn;
        if (this.#meets(item, x0, y0, x1, y1)) { found.push(item); }
      }
    }
    return found.sort((a, b) => a - b);
  }

  #filled(count) {
    const visit = act => {
      for (let i = 0; i < count; i += 1) {
        if (!(this.boxes[4 * i] <= this.boxes[4 * i + 2])) { continue; }
        const [c0, r0] = this.#square(this.boxes[4 * i], this.boxes[4 * i + 1]);
        const [c1, r1] = this.#square(this.boxes[4 * i + 2], this.boxes[4 * i + 3]);
        for (let row = r0; row <= r1; row += 1) {
          for (let column = c0; column <= c1; column += 1) { act(row * this.side + column, i); }
        }
      }
    };
    visit(square => { this.start[square + 1] += 1; });
    for (let i = 0; i < this.side * this.side; i += 1) { this.start[i + 1] += this.start[i]; }
    const items = new Uint32Array(this.start[this.side * this.side]);
    const next = this.start.slice();
    visit((square, i) => { items[next[square]++] = i; });
    return items;
  }

  #square(x, y) {
    const [x0, y0, x1, y1] = this.frame;
    const last = this.side - 1;
    const place = (at, low, high) => Math.max(0, Math.min(last, Math.floor((at - low) / (high - low) * this.side)));
    return [place(x, x0, x1), place(y, y0, y1)];
  }

  #meets(item, x0, y0, x1, y1) {
    const at = 4 * item;
    return this.boxes[at] <= x1 && this.boxes[at + 2] >= x0 && this.boxes[at + 1] <= y1 && this.boxes[at + 3] >= y0;
  }
}

function frameOf(boxes, count) {
  const frame = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) {
    if (!(boxes[4 * i] <= boxes[4 * i + 2])) { continue; }
    for (let side = 0; side < 4; side += 1) {
      frame[side] = (side < 2 ? Math.min : Math.max)(frame[side], boxes[4 * i + side]);
    }
  }
  const [x0, y0, x1, y1] = frame;
  return x0 <= x1 ? [x0, y0, Math.max(x1, x0 + 1), Math.max(y1, y0 + 1)] : [0, 0, 1, 1];
}
